import { Temporal } from 'temporal-polyfill'
import { minuteMs } from '../core/durations.ts'

export { isTimeZone, resolveTimeZone } from './time-zone.ts'

/** Returns the wall-clock time of an instant in a time zone. */
export function toZoned(at: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone)
}

/** Returns the local date, `YYYY-MM-DD`. */
export function localDate(now: Date, timeZone: string): string {
  return toZoned(now, timeZone).toPlainDate().toString()
}

/** Returns the local time, `HH:MM`. */
export function localTime(now: Date, timeZone: string): string {
  return toZoned(now, timeZone).toPlainTime().toString({ smallestUnit: 'minute' })
}

/** Returns the start of the local day around `now` and of the next; `end` is exclusive, a day may have 23 or 25 hours. */
export function dayBounds(now: Date, timeZone: string): { start: Date; end: Date } {
  const date = toZoned(now, timeZone).toPlainDate()
  return { start: startOfDate(date, timeZone), end: startOfDate(date.add({ days: 1 }), timeZone) }
}

/** Returns the instant for a due date without a time: the last minute of that local day (23:59). */
export function lastMinuteOf(date: Temporal.PlainDate, timeZone: string): Date {
  return new Date(startOfDate(date.add({ days: 1 }), timeZone).getTime() - minuteMs)
}

/** Tests whether a due instant means a whole day; an explicit 23:59 means the same. */
export function isDayOnly(at: Date, timeZone: string): boolean {
  return lastMinuteOf(toZoned(at, timeZone).toPlainDate(), timeZone).getTime() === at.getTime()
}

/**
 * Returns the next run after `now` of a daily job at `time` (`HH:MM`): once per local date, right after the gap when
 * the clock springs forward over it, at the first of two when it falls back.
 */
export function nextLocalTime(now: Date, time: string, timeZone: string): Date {
  const plainTime = Temporal.PlainTime.from(time)
  let date = toZoned(now, timeZone).toPlainDate()
  let next = firstInstant(date, plainTime, timeZone)
  while (next.getTime() <= now.getTime()) {
    date = date.add({ days: 1 })
    next = firstInstant(date, plainTime, timeZone)
  }
  return next
}

/** Tests whether `now` is in the daily window `HH:MM-HH:MM`, which may cross midnight; start = end, or no window, is never quiet. */
export function inQuietHours(now: Date, window: string, timeZone: string): boolean {
  const [start, end] = window.split('-').map((part) => part.trim())
  if (!isTimeOfDay(start) || !isTimeOfDay(end) || start === end) return false
  return nextLocalTime(now, end, timeZone) < nextLocalTime(now, start, timeZone)
}

/** Returns the end of the quiet hours around `now`, or `now` outside of them. */
export function quietHoursEnd(now: Date, window: string, timeZone: string): Date {
  if (!inQuietHours(now, window, timeZone)) return now
  return nextLocalTime(now, window.slice(window.indexOf('-') + 1).trim(), timeZone)
}

/** Tests whether the text is a time of day as settings store it, `HH:MM`. */
export function isTimeOfDay(text: string | undefined): text is string {
  return text !== undefined && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text)
}

/** Returns the first instant of a local date, which isn't midnight everywhere. */
export function startOfDate(date: Temporal.PlainDate, timeZone: string): Date {
  return toDate(date.toZonedDateTime(timeZone))
}

function firstInstant(date: Temporal.PlainDate, plainTime: Temporal.PlainTime, timeZone: string): Date {
  const found = date.toPlainDateTime(plainTime).toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (found.toPlainTime().equals(plainTime)) return toDate(found)
  return toDate(found.getTimeZoneTransition('next') ?? found)
}

function toDate(zoned: Temporal.ZonedDateTime): Date {
  return new Date(zoned.epochMilliseconds)
}
