import { startOfDate, toZoned } from '../time/time.ts'

export const statsPeriods = ['week', 'month', 'year'] as const
export type StatsPeriod = (typeof statsPeriods)[number]

/** From the first instant to that after the last one, by the days of a time zone. */
export interface StatsRange {
  readonly from: Date
  readonly to: Date
  readonly timeZone: string
}

type Moment = { readonly now: Date; readonly timeZone: string }

/** The last 7 days, the last 30, or the last year; today is the last day of each. */
export function statsRange(period: StatsPeriod, { now, timeZone }: Moment): StatsRange {
  const tomorrow = toZoned(now, timeZone).toPlainDate().add({ days: 1 })
  const length = { week: { days: 7 }, month: { days: 30 }, year: { years: 1 } }[period]
  return {
    from: startOfDate(tomorrow.subtract(length), timeZone),
    to: startOfDate(tomorrow, timeZone),
    timeZone,
  }
}
