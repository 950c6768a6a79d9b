import { toZoned } from '../time.ts'
import { readWithChrono } from './chrono-reader.ts'
import { readKorean } from './korean-reader.ts'
import { rephrase } from './phrasings.ts'
import { type Due, place } from './place.ts'
import type { ReaderContext, Reading } from './reading.ts'

export type { Due } from './place.ts'

/** The reader of a date, and the current time. */
export interface DueContext {
  readonly now: Date
  readonly timeZone: string
}

const maxPhrase = 100

/**
 * Reads a whole text as one date in the owner's zone (`fri`, `tomorrow 9am`, `in 3 days`, `morgen 9 Uhr`); null if any part is
 * not understood. A weekday or a time that has passed today means the next one; a named day or date stays, even if past.
 */
export function parseDue(text: string, context: DueContext): Due | null {
  const asked = text.trim()
  const found = asked.length > maxPhrase ? null : findDue(asked, context)
  return found?.length === asked.length ? { at: found.at, hasTime: found.hasTime } : null
}

/** Reads the longest date at the start of the text; `length` is its length. */
export function findDue(text: string, context: DueContext): (Due & { readonly length: number }) | null {
  const local = toZoned(context.now, context.timeZone)
  const reading = readPhrase(text.slice(0, maxPhrase), {
    now: context.now,
    today: local.toPlainDate(),
    offset: local.offsetNanoseconds / 60_000_000_000,
    // Europe, Africa and Oceania write the day first, America and East Asia write the month first.
    dayFirst: /^(?:Europe|Africa|Australia|Atlantic|Indian)\//.test(context.timeZone),
  })
  const due = reading && place(reading, context)
  return due && { ...due, length: reading.length }
}

function readPhrase(text: string, context: ReaderContext): Reading | null {
  const rephrased = rephrase(text, context.today)
  if (rephrased !== null) {
    const reading = readAsWritten(rephrased.text, context)
    const length = reading && rephrased.originalLength(reading.length)
    if (reading !== null && length !== null && length > 0) return { ...reading, length }
  }
  return readAsWritten(text, context)
}

function readAsWritten(text: string, context: ReaderContext): Reading | null {
  return /\p{Script=Hangul}/u.test(text)
    ? (readKorean(text, context) ?? readWithChrono(text, context))
    : readWithChrono(text, context)
}
