import { Temporal } from 'temporal-polyfill'
import { minuteMs } from '../core/durations.ts'

export { isTimeZone, resolveTimeZone } from './time-zone.ts'

/** The instant as seen on the wall clock of a time zone. */
export function toZoned(at: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone)
}

/** The local calendar date, `YYYY-MM-DD`. */
export function localDate(now: Date, timeZone: string): string {
  return toZoned(now, timeZone).toPlainDate().toString()
}

/** The local wall-clock time, `HH:MM`. */
export function localTime(now: Date, timeZone: string): string {
  return toZoned(now, timeZone).toPlainTime().toString({ smallestUnit: 'minute' })
}

/** Where the local day around `now` begins and where the next one does; `end` is exclusive, the day may have 23 or 25 hours. */
export function dayBounds(now: Date, timeZone: string): { start: Date; end: Date } {
  const date = toZoned(now, timeZone).toPlainDate()
  return { start: startOfDate(date, timeZone), end: startOfDate(date.add({ days: 1 }), timeZone) }
}

/** A due date without a time is stored as the last minute of that local day (23:59). */
export function lastMinuteOf(date: Temporal.PlainDate, timeZone: string): Date {
  return new Date(startOfDate(date.add({ days: 1 }), timeZone).getTime() - minuteMs)
}

/** Whether a due instant means a whole day; an explicit 23:59 means the same. */
export function isDayOnly(at: Date, timeZone: string): boolean {
  return lastMinuteOf(toZoned(at, timeZone).toPlainDate(), timeZone).getTime() === at.getTime()
}

/**
 * The next instant after `now` at which a daily job of `time` (`HH:MM`) runs: once per local date, right after the gap where
 * the clock springs over it, at the first of two where it falls back.
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

/** Whether `now` lies in the daily window `HH:MM-HH:MM`, which may cross midnight; start = end, or no window, is never quiet. */
export function inQuietHours(now: Date, window: string, timeZone: string): boolean {
  const [start, end] = window.split('-').map((part) => part.trim())
  if (!isTimeOfDay(start) || !isTimeOfDay(end) || start === end) return false
  return nextLocalTime(now, end, timeZone) < nextLocalTime(now, start, timeZone)
}

/** When the quiet hours around `now` end; `now` itself outside of them. */
export function quietHoursEnd(now: Date, window: string, timeZone: string): Date {
  if (!inQuietHours(now, window, timeZone)) return now
  return nextLocalTime(now, window.slice(window.indexOf('-') + 1).trim(), timeZone)
}

/** Whether the text is a time of day as the settings store it, `HH:MM`. */
export function isTimeOfDay(text: string | undefined): text is string {
  return text !== undefined && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text)
}

/** The first instant of a local date, which is not midnight everywhere. */
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
