import { Temporal } from 'temporal-polyfill'
import { minuteMs } from '../../core/durations.ts'
import { lastMinuteOf, toZoned } from '../time.ts'
import type { NamedDay, Reading } from './reading.ts'

/** A due instant; without a time, it's the last minute of the local day. */
export interface Due {
  readonly at: Date
  readonly hasTime: boolean
}

// Leap days around 1900 and 2100 are eight years apart.
const maxYearsToLeap = 8

/** Places a reading on the owner's calendar; null if there is no such day. */
export function place(
  reading: Reading,
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Due | null {
  if ('minutesFromNow' in reading) {
    const minute = Math.floor(now.getTime() / minuteMs) + reading.minutesFromNow
    return storable({ at: new Date(minute * minuteMs), hasTime: true })
  }
  const today = toZoned(now, timeZone).toPlainDate()
  const { day, time, offset } = reading
  const at = (date: Temporal.PlainDate) =>
    time === null ? lastMinuteOf(date, timeZone) : instantOf(date, time, offset, timeZone)

  if (day === null) {
    if (time === null) return null
    return { at: at(today) > now ? at(today) : at(today.add({ days: 1 })), hasTime: true }
  }
  const date = dateOf(day, today)
  if (date === null) return null
  const isOver = day.kind === 'weekday' && at(date) <= now
  return storable({ at: isOver ? at(date.add({ weeks: 1 })) : at(date), hasTime: time !== null })
}

function dateOf(day: NamedDay, today: Temporal.PlainDate): Temporal.PlainDate | null {
  switch (day.kind) {
    case 'date':
      return plainDate(day.year, day.month, day.day)
    case 'yearless': {
      const years = Array.from({ length: maxYearsToLeap + 1 }, (_, index) => today.year + index)
      const dates = years.map((year) => plainDate(year, day.month, day.day))
      return dates.find((date) => date !== null && Temporal.PlainDate.compare(date, today) >= 0) ?? null
    }
    case 'weekday': {
      // "Next friday" is the Friday of next week, and weeks start on Monday; "friday" is the first one from today.
      if (day.week === 'next') return today.add({ days: 7 + day.weekday - today.dayOfWeek })
      return today.add({ days: (day.weekday - today.dayOfWeek + 7) % 7 })
    }
  }
}

function plainDate(year: number, month: number, day: number): Temporal.PlainDate | null {
  // Every reader of a timestamp understands four-digit years.
  if (!(year >= 1970 && year <= 9998)) return null
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function instantOf(
  date: Temporal.PlainDate,
  time: { readonly hour: number; readonly minute: number },
  offset: number | null,
  timeZone: string,
): Date {
  const local = date.toPlainDateTime(time)
  if (offset === null) return new Date(local.toZonedDateTime(timeZone).epochMilliseconds)
  return new Date(local.toZonedDateTime('UTC').epochMilliseconds - offset * minuteMs)
}

function storable(due: Due): Due | null {
  const year = due.at.getUTCFullYear()
  return year >= 1970 && year <= 9999 ? due : null
}
