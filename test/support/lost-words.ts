import { domainToUnicode } from 'node:url'
import { readTelegramHtml } from './telegram-html.ts'

const shownOtherwise = [
  /<\/?(?:b|strong|i|em|s|del|u|ins|code|kbd|br|summary)\s*\/?>/gi,
  /<\/?details[^>]*>/gi,
  /\[x\]/gi,
  /mailto:/gi,
  /&(?:#\d+|#x[\da-f]+|\w+);/gi,
  // ANSI color codes.
  /(?!\s)\p{Cc}\[[\d;]*[A-Za-z]/gu,
]

/** Returns the words of a Markdown text that Telegram shows neither in the HTML's text nor in its links and languages. */
export function lostWords(markdown: string, html: string): string[] {
  const { text, entities } = readTelegramHtml(html)
  return lostFrom(markdown, [text, ...entities.map(({ value }) => value)])
}

/** Returns the words of a Markdown text that are in none of the given texts. */
export function lostFrom(markdown: string, shown: readonly string[]): string[] {
  // Invisible letters, e.g. Hangul fillers, aren't words.
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
