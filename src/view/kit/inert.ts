import { withoutControls, withoutUnseen } from '../../domain/core/text.ts'
import { type Mark, readHtml, writeHtml } from './rich-text.ts'

const joiner = '\u2060'

// These aren't top-level domains, so Telegram doesn't link such file names and they need no joiner.
const files =
  'ts|tsx|js|jsx|mjs|cjs|json|css|scss|html|htm|yml|yaml|toml|txt|lock|go|java|kt|rb|php|sql|xml|svg|png|jpe?g|gif|pdf|csv|log|vue'
const letter = String.raw`[\p{L}\p{N}]`
const name = String.raw`[\p{L}\p{N}-]`
// Nor are identifiers linked: `java.lang.NullPointerException`, `module.do_it`.
const isCode = String.raw`(?:${files})(?!${name})|(?=\p{L}{7})\p{L}*\p{Ll}\p{Lu}`
const ending = String.raw`(?!${isCode})(?:\p{L}{2,63}|[xX][nN]--[a-zA-Z\d-]{2,59})(?![\p{L}\p{N}_-]|\.${letter})`

// What Telegram links automatically, up to where a joiner prevents it. Repetitions are bounded to keep matching linear.
const live = new RegExp(
  [
    // Email addresses and full URLs show where they lead, so they stay links.
    String.raw`(?<kept>(?<![\w.+:/@-])[\w.+-]{1,64}@(?:${name}{1,63}\.){1,5}\p{L}{2,63}|(?<!${name})[hH][tT][tT][pP][sS]?:\/\/(?![^\s/?#]*@)\S+)`,
    String.raw`(?<!${letter}|_)@(?=\w{2})`,
    String.raw`(?<!${letter}|[_/<>])\/(?=\w{1,64}(?:@\w{1,32})?(?![\p{L}\p{N}_/<>]))`,
    String.raw`(?<=\b[a-zA-Z][a-zA-Z\d+-]{1,20}:)(?=\/\/)`,
    String.raw`(?<=${name})[.\u3002\uff0e\uff61](?=(?:${name}{1,63}\.){0,5}${ending})`,
    String.raw`(?<=(?<![\d.])\d{1,3})\.(?=\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.]))`,
  ].join('|'),
  'gu',
)
// Fast path: each match contains one of these characters.
const sign = /[@/.\u3002\uff0e\uff61]/

/**
 * Removes control and invisible characters and keeps Telegram from linking mentions, commands and bare domains. Email addresses
 * and http(s):// URLs stay links.
 */
export function inertText(text: string): string {
  const shown = withoutUnseen(withoutControls(text))
  if (!sign.test(shown)) return shown
  return shown.replace(live, (found, ...rest) => {
    const { kept } = rest.at(-1) as { readonly kept?: string }
    return kept === undefined ? found + joiner : found
  })
}

/** Does the same for HTML. Code and link labels are left alone because Telegram links nothing inside them. */
export function inertHtml(html: string): string {
  const { text, marks } = readHtml(html)
  if (!sign.test(text)) return html
  const isClosed = closedTest(marks)
  const stops = [...text.matchAll(live)]
    .filter(({ groups, index }) => groups?.kept === undefined && !isClosed(index))
    .map(({ index, 0: found }) => index + found.length)
  if (stops.length === 0) return html
  const moved = movedBy(stops, text.length)
  return writeHtml({
    text: [0, ...stops].map((from, index) => text.slice(from, stops[index])).join(joiner),
    marks: marks.map((mark) => ({ ...mark, start: moved(mark.start), end: moved(mark.end) })),
  }).html
}

/** Builds a function that tests whether a position is inside code or a link. Positions must be ascending. */
function closedTest(marks: readonly Mark[]): (at: number) => boolean {
  const closed = marks.filter(({ tag }) => tag === 'code' || tag === 'pre' || tag === 'a')
  let next = 0
  let end = 0
  return (at) => {
    for (let mark = closed[next]; mark !== undefined && mark.start <= at; mark = closed[next]) {
      end = Math.max(end, mark.end)
      next += 1
    }
    return at < end
  }
}

/** Builds a function that maps a position to the text with a joiner inserted at each stop. */
function movedBy(stops: readonly number[], length: number): (at: number) => number {
  const places = new Uint32Array(length + 1)
  let joiners = 0
  for (let at = 0; at <= length; at += 1) {
    while ((stops[joiners] ?? Number.POSITIVE_INFINITY) <= at) joiners += 1
    places[at] = at + joiners
  }
  return (at) => places[at] ?? at
}
