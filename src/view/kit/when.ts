import { dayMs, minuteMs } from '../../domain/core/durations.ts'
/** The viewer's current time and time zone. */
export interface Viewer {
  readonly now: Date
  readonly timeZone: string
}

/** Formats the time between two instants: "under a minute", "5 min", "3 h", "2 days". */
export function span(from: Date, to: Date): string {
  const minutes = Math.floor(Math.abs(to.getTime() - from.getTime()) / minuteMs)
  if (minutes < 1) return 'under a minute'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`
  return `${Math.floor(minutes / (24 * 60))} days`
}

/** Formats how long something took: "< 1 min", "45 min", "5 h", "2.5 days", "12 days". */
export function duration(ms: number): string {
  const minutes = Math.round(ms / minuteMs)
  if (minutes < 1) return '< 1 min'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 36 * 60) return `${Math.round(minutes / 60)} h`
  const days = minutes / (24 * 60)
  return `${days < 10 ? Math.round(days * 2) / 2 : Math.round(days)} days`
}

/** Formats a setting in minutes: "90 min", "2 h". */
export function minutesText(value: number): string {
  return value % 60 === 0 ? `${value / 60} h` : `${value} min`
}

/** Formats a past time: "5 min ago", "just now". */
export function ago(at: Date, now: Date): string {
  return now.getTime() - at.getTime() < minuteMs ? 'just now' : `${span(at, now)} ago`
}

/** Formats a day: "Fri 27 Nov", with the year if it isn't the current one. */
export function day(at: Date, now: Date, timeZone: string): string {
  const year = (date: Date) => new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric' }).format(date)
  const options = { timeZone, weekday: 'short', day: 'numeric', month: 'short' } as const
  const text = new Intl.DateTimeFormat(
    'en-GB',
    year(at) === year(now) ? options : { ...options, year: 'numeric' },
  ).format(at)
  return text.replace(',', '')
}

/** Formats a time of day: "17:00". */
export function clock(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
}

/** Formats a due date with its time; 23:59 means the whole day and shows no time. */
export function dueText(at: Date, now: Date, timeZone: string): string {
  const time = clock(at, timeZone)
  const date = relativeDay(at, now, timeZone)
  return time === '23:59' ? date : `${date} ${time}`
}

/** Returns whether two instants are on the same local day. */
export function isSameDay(left: Date, right: Date, timeZone: string): boolean {
  return daysBetween(left, right, timeZone) === 0
}

function daysBetween(from: Date, to: Date, timeZone: string): number {
  const local = (date: Date) =>
    new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(date)
  return Math.round((Date.parse(local(to)) - Date.parse(local(from))) / dayMs)
}

function relativeDay(at: Date, now: Date, timeZone: string): string {
  const days = daysBetween(now, at, timeZone)
  if (days === 0) return 'today'
  if (days === 1) return 'tomorrow'
  if (days === -1) return 'yesterday'
  return day(at, now, timeZone)
}
