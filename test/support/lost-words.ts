import { domainToUnicode } from 'node:url'
import { readTelegramHtml } from './telegram-html.ts'

const shownOtherwise = [
  /<\/?(?:b|strong|i|em|s|del|u|ins|code|kbd|br|summary)\s*\/?>/gi,
  /<\/?details[^>]*>/gi,
  /\[x\]/gi,
  /mailto:/gi,
  /&(?:#\d+|#x[\da-f]+|\w+);/gi,
  // What colors a terminal.
  /(?!\s)\p{Cc}\[[\d;]*[A-Za-z]/gu,
]

/** The words of a Markdown text that are neither in what Telegram shows of the HTML nor in its links and languages. */
export function lostWords(markdown: string, html: string): string[] {
  const { text, entities } = readTelegramHtml(html)
  return lostFrom(markdown, [text, ...entities.map(({ value }) => value)])
}

/** The words of a Markdown text that stand in none of the texts and addresses. */
export function lostFrom(markdown: string, shown: readonly string[]): string[] {
  // Letters that nobody sees, e.g. the Hangul fillers, are no words.
  const visible = (text: string) => text.replace(/\p{Default_Ignorable_Code_Point}/gu, '')
  const reachable = visible(shown.map(decoded).join('\n'))
  const expected = shownOtherwise.reduce((rest, pattern) => rest.replace(pattern, ' '), markdown)
  const words = visible(expected).match(/[\p{L}\p{N}]+/gu)
  return [...new Set(words)].filter((word) => !reachable.includes(word))
}

function decoded(shown: string): string {
  try {
    return URL.canParse(shown) ? `${decodeURI(shown)} ${domainToUnicode(new URL(shown).hostname)}` : shown
  } catch {
    return shown
  }
}
