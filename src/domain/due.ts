import { readWithChrono } from './due/chrono-reader.ts'
import { readKorean } from './due/korean-reader.ts'
import { type Due, place } from './due/place.ts'
import type { ReaderContext, Reading } from './due/reading.ts'
import { toZoned } from './time.ts'

export type { Due } from './due/place.ts'

/** Who reads a date, and when. */
export interface DueContext {
  readonly now: Date
  readonly timeZone: string
}

const longestPhrase = 100
const months = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ')

// Ways to say it that chrono misses, as ones that it knows.
const phrasings: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^(?:by|until|till|due|coming|bis(?: zum)?|spätestens|kommende[nrms]?)\s+/i, () => ''],
  [/^(next week|nächste woche) (\p{L}+)/iu, (_, week, weekday) => `${weekday} ${week}`],
  [/^morgen früh(?=\s|$)/i, () => 'morgen vormittag'],
  [/^(\d{1,2})\.(\d{1,2})\.(?=\s|$)/, (said, day, month) => `${day}. ${months[Number(month) - 1] ?? said}`],
  [/^غد(?:ًا|اً)/u, () => 'غدا'],
]

/**
 * Reads a whole text as one date in the owner's zone (`fri`, `tomorrow 9am`, `in 3 days`, `morgen 9 Uhr`); null where any of it is
 * not understood. A weekday or a time that is over today means the next one; a day by its name or date stays, even if past.
 */
export function parseDue(text: string, context: DueContext): Due | null {
  const asked = text.trim()
  const found = asked.length > longestPhrase ? null : findDue(asked, context)
  return found?.length === asked.length ? { at: found.at, hasTime: found.hasTime } : null
}

/** Reads the longest date at the start of the text; `length` is how much of it that takes. */
export function findDue(text: string, context: DueContext): (Due & { readonly length: number }) | null {
  const { offsetNanoseconds } = toZoned(context.now, context.timeZone)
  const reading = readPhrase(text.slice(0, longestPhrase), {
    now: context.now,
    offset: offsetNanoseconds / 60_000_000_000,
    // Europe, Africa and Oceania write the day first, America and East Asia the month.
    dayFirst: /^(?:Europe|Africa|Australia|Atlantic|Indian)\//.test(context.timeZone),
  })
  const due = reading && place(reading, context)
  return due && { ...due, length: reading.length }
}

function readPhrase(text: string, context: ReaderContext): Reading | null {
  let longest = readAsWritten(text, context)
  for (const [pattern, rewrite] of phrasings) {
    const match = pattern.exec(text)
    if (!match) continue
    const rest = text.slice(match[0].length)
    const rewritten = rewrite(...match) + rest
    const reading = readAsWritten(rewritten, context)
    if (!reading) continue
    const length = text.length - (rewritten.length - reading.length)
    if (length >= match[0].length && length > (longest?.length ?? 0)) longest = { ...reading, length }
  }
  return longest
}

function readAsWritten(text: string, context: ReaderContext): Reading | null {
  return /\p{Script=Hangul}/u.test(text)
    ? (readKorean(text, context) ?? readWithChrono(text, context))
    : readWithChrono(text, context)
}
