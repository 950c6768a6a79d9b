import { readTelegramHtml } from './telegram-html.ts'

const shownOtherwise = [
  /<\/?(?:b|strong|i|em|s|del|u|ins|code|kbd|br|details|summary)\s*\/?>/gi,
  /\[x\]/gi,
  /mailto:/gi,
  /&(?:#\d+|#x[\da-f]+|\w+);/gi,
]

/** The words of a Markdown text that are neither in what Telegram shows of the HTML nor in its links and languages. */
export function lostWords(markdown: string, html: string): string[] {
  const { text, entities } = readTelegramHtml(html)
  const reachable = [text, ...entities.map(({ value }) => decoded(value))].join('\n')
  const expected = shownOtherwise.reduce((rest, pattern) => rest.replace(pattern, ' '), markdown)
  return [...new Set(expected.match(/[\p{L}\p{N}]+/gu))].filter((word) => !reachable.includes(word))
}

function decoded(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}
