import type { Temporal } from 'temporal-polyfill'

type Phrasing = readonly [RegExp, (groups: readonly string[], today: Temporal.PlainDate) => string | null]

const months = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ')
const end = String.raw`(?=$|[\s\p{Po}])`
const endOfDay = '(?:eod|cob|end of (?:the )?day)'
const day = String.raw`(?:on\s+)?(?:today|tom|mon|tue|wed|thu|fri|sat|sun|next|\d)`
const month = String.raw`(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`
const february = String.raw`(?:feb(?:ruar[yi]?|rero|ruari)?|fév(?:r|rier)?|fev(?:ereiro)?|февраля|лютого)\.?`
const otherYear = String.raw`(?![\p{L}\d]|,?\s+\d{4})`

const phrase = (pattern: string) => new RegExp(pattern, 'iu')

// Phrasings that the readers miss, mapped to ones they know, in order of application.
const phrasings: readonly Phrasing[] = [
  [/^(?:by|until|till|due|coming|bis(?: zum)?|spätestens|kommende[nrms]?)\s+/i, () => ''],
  [/^(next week|nächste woche) (\p{L}+)/iu, ([, week, weekday]) => `${weekday} ${week}`],
  [/^morgen früh(?=\s|$)/i, () => 'morgen vormittag'],
  [/^غد(?:ًا|اً)/u, () => 'غدا'],
  [phrase(`^${endOfDay}\\s+(?=${day})`), () => ''],
  [phrase(`(?<=[\\p{L}\\d])\\s+${endOfDay}${end}`), () => ''],
  [phrase(`^${endOfDay}${end}`), () => 'today'],
  [phrase(`^(?:eow|end of (?:the )?week)${end}`), () => 'friday'],
  [phrase(`^(?:eom|end of the month)${end}`), () => 'end of month'],
  [phrase(`^(?:eoy|end of (?:the )?year)${end}`), (_, { year }) => `${year}-12-31`],
  [phrase(`^(?:the\\s+)?day after (?:tomorrow|tom)${end}`), (_, today) => today.add({ days: 2 }).toString()],
  [/^tom(?=$|[\s@,.])/i, () => 'tomorrow'],
  [/(?<=[\p{L}\d])\s*@\s*(?=\d)/u, () => ' at '],
  [
    phrase(`^(?:on\\s+)?(?:the\\s+)?(\\d{1,2})(?:st|nd|rd|th)(?!\\s+${month})${end}`),
    ([, number], today) => nextDay(Number(number), today),
  ],
  [/^(\d{1,2})\.(\d{1,2})(?:\.(?!\d))?(?=$|[\s\p{Po}])(?!\.)/u, ([, number, of]) => germanDay(number, of)],
  [
    phrase(`^(?:\\p{L}{2,9}\\.?,?\\s+)?29(?:th|\\.)?\\s*(?:of\\s+|de\\s+)?${february}${otherYear}`),
    withLeapYear,
  ],
  [phrase(`^(?:\\p{L}{2,9}\\.?,?\\s+)?${february}\\s+29(?:th)?${otherYear}`), withLeapYear],
  [/^(?:0?2\/29|29\/0?2)(?![/\d])/, (_, today) => `${leapYear(today)}-02-29`],
  [/^2月29日/u, ([matched], today) => `${leapYear(today)}年${matched}`],
  // `17h` is a time of day; `2h` is one only after a day, otherwise it means two hours from now.
  [phrase(`^(0\\d|1\\d|2[0-3])h${end}`), ([, hour]) => `${hour}:00`],
  [phrase(`(?<=^|\\s)(\\d{1,2})h([0-5]\\d)${end}`), ([, hour, minute]) => `${hour}:${minute}`],
  [
    phrase(`(?<=[\\p{L}\\d.]\\s)(?<!\\b(?:in|after|nach|\\d\\s*d|days?)\\s)(\\d{1,2})h${end}`),
    ([, hour]) => `${hour}:00`,
  ],
]

/** A text in words that the readers know. */
export interface Rephrased {
  readonly text: string
  /** Returns the length of the original text for a length of this one; null inside a replaced phrase. */
  readonly originalLength: (length: number) => number | null
}

/** Rewrites a phrase in words that the readers know; null if it needs no rewriting. */
export function rephrase(text: string, today: Temporal.PlainDate): Rephrased | null {
  const edits: { readonly start: number; readonly removed: number; readonly added: number }[] = []
  let written = text
  for (const [pattern, rewrite] of phrasings) {
    const match = pattern.exec(written)
    const words = match && rewrite(match, today)
    if (match === null || words === null) continue
    const { index: start, 0: matched } = match
    edits.push({ start, removed: matched.length, added: words.length })
    written = written.slice(0, start) + words + written.slice(start + matched.length)
  }
  if (edits.length === 0) return null
  const originalLength = (length: number) =>
    edits.reduceRight<number | null>((at, { start, removed, added }) => {
      if (at === null || (at <= start && at < start + added)) return at
      return at < start + added ? null : at - added + removed
    }, length)
  return { text: written, originalLength }
}

/** Returns the next day with this number, in a month that has it. */
function nextDay(number: number, today: Temporal.PlainDate): string | null {
  if (number < 1 || number > 31) return null
  let first = today.with({ day: 1 })
  while (
    number > first.daysInMonth ||
    (first.month === today.month && number < today.day && first.year === today.year)
  )
    first = first.add({ months: 1 })
  return first.with({ day: number }).toString()
}

function germanDay(number: string | undefined, of: string | undefined): string | null {
  const name = months[Number(of) - 1]
  return name === undefined ? null : `${number}. ${name}`
}

// chrono accepts February 29 only in a leap year, and reads "feb 29" as February 2029.
function withLeapYear([matched = '']: readonly string[], today: Temporal.PlainDate): string {
  return `${matched}${/\d$/.test(matched) ? ',' : ''} ${leapYear(today)}`
}

/** Returns the year of the next February 29. */
function leapYear(today: Temporal.PlainDate): number {
  const isOver = today.month > 2
  let date = today.with({ day: 1, month: 1 }).add({ years: isOver ? 1 : 0 })
  while (!date.inLeapYear) date = date.add({ years: 1 })
  return date.year
}
