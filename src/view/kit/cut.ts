import { type Html, type Mark, readHtml, writeHtml } from './rich-text.ts'

/** Returns the text without tags and with entities decoded, for when Telegram refuses the HTML. */
export function toPlainText({ html }: Html): string {
  return readHtml(html).text
}

/** Returns the length that Telegram limits: the code points of the parsed text. */
export function visibleLength(html: Html): number {
  return codePoints(toPlainText(html))
}

/** Shortens plain text to `max` code points including an ellipsis, preferably at the end of a word. */
export function shorten(text: string, max: number): string {
  if (codePoints(text) <= max) return text
  return max < 1 ? '' : `${text.slice(0, endOfWords(text, 0, max - 1)).trimEnd()}…`
}

/** Shortens HTML like `shorten`, counting visible characters, and closes every tag. */
export function truncateHtml(html: Html, maxVisible: number): Html {
  const rich = readHtml(html.html)
  const shortened = shorten(rich.text, maxVisible)
  if (shortened === rich.text) return html
  if (shortened === '') return { html: '' }
  return { html: `${writeHtml(rich, { end: shortened.length - 1 }).html}…` }
}

/** Our limits per message, below Telegram's 4096 code points and about 100 entities. */
export const messageLimits = { max: 3900, maxEntities: 90, maxMarkup: 8000 } as const

/**
 * Splits HTML into messages at paragraphs or lines, or at words in a line that is too long. Tags that cross a cut are closed and
 * reopened. Returns no parts for a text without visible characters.
 */
export function splitHtml(
  html: Html,
  {
    max = messageLimits.max,
    maxEntities = messageLimits.maxEntities,
  }: { max?: number; maxEntities?: number } = {},
): Html[] {
  const rich = readHtml(html.html)
  const parts: Html[] = []
  for (let start = 0; start < rich.text.length; ) {
    const marks = rich.marks.filter((mark) => mark.end > start)
    const end = endOfPart(rich.text, start, Math.max(max, 1), tooManyFrom(marks, start, maxEntities))
    const visible = rich.text.slice(start, end)
    if (visible.trim() !== '') {
      const within = marks.filter((mark) => mark.start < end && mark.end > mark.start).slice(0, maxEntities)
      parts.push(
        writeHtml({ text: rich.text, marks: within }, { start, end: start + visible.trimEnd().length }),
      )
    }
    start = end
    while (rich.text[start] === '\n') start++
  }
  return parts
}

/**
 * Returns the HTML as one message, or undefined if it is too long. Telegram silently drops entities after about the 100th, so
 * the least important kinds are removed first, and links never.
 */
export function asOneMessage(html: Html, maxVisible: number = messageLimits.max): Html | undefined {
  const { text, marks } = readHtml(html.html)
  if (codePoints(text) > maxVisible) return undefined
  let kept: readonly Mark[] = marks
  for (const plainer of ['code', 'i', 's', 'u', 'b']) {
    if (kept.length > messageLimits.maxEntities) kept = kept.filter((mark) => mark.tag !== plainer)
  }
  const markup = kept.reduce((sum, mark) => sum + mark.open.length, 0)
  if (kept.length > messageLimits.maxEntities || markup > messageLimits.maxMarkup) return undefined
  return kept === marks ? html : writeHtml({ text, marks: kept })
}

function tooManyFrom(marks: readonly Mark[], start: number, maxEntities: number): number {
  let markup = 0
  for (const [index, mark] of marks.entries()) {
    markup += mark.open.length
    if (index >= maxEntities || markup > messageLimits.maxMarkup) {
      return mark.start > start ? mark.start : Number.POSITIVE_INFINITY
    }
  }
  return Number.POSITIVE_INFINITY
}

function endOfPart(text: string, start: number, max: number, limit: number): number {
  const hard = Math.min(indexAfter(text, start, max), limit)
  if (hard >= text.length) return text.length
  const paragraph = text.lastIndexOf('\n\n', hard)
  if (paragraph > (start + hard) / 2) return paragraph
  const line = text.lastIndexOf('\n', hard)
  if (line > start) return line
  return endOfWords(text, start, codePoints(text.slice(start, hard)))
}

function endOfWords(text: string, start: number, max: number): number {
  const hard = indexAfter(text, start, max)
  if (hard >= text.length) return hard
  const whole = startOfGrapheme(text, hard)
  const last = whole > start ? whole : hard
  for (let end = last; end > start + (last - start) * 0.6; end--) {
    if (/\s/.test(text.charAt(end))) return end
  }
  return last
}

// Created on demand: the first segmenter of a process takes 8 ms and 4 MB, later ones nothing.
function startOfGrapheme(text: string, index: number): number {
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return graphemes.segment(text).containing(index)?.index ?? index
}

function indexAfter(text: string, start: number, count: number): number {
  let index = start
  for (let left = count; left > 0 && index < text.length; left--) index += isPair(text, index) ? 2 : 1
  return index
}

function codePoints(text: string): number {
  let count = 0
  for (let index = 0; index < text.length; count++) index += isPair(text, index) ? 2 : 1
  return count
}

function isPair(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
}
