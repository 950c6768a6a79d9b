import { startOfDate, toZoned } from '../time/time.ts'

export const statsPeriods = ['week', 'month', 'year'] as const
export type StatsPeriod = (typeof statsPeriods)[number]

/** A range of local days in a time zone; the end is exclusive. */
export interface StatsRange {
  readonly from: Date
  readonly to: Date
  readonly timeZone: string
}

type Moment = { readonly now: Date; readonly timeZone: string }

/** Returns the range of the last 7 days, 30 days, or year, ending today. */
export function statsRange(period: StatsPeriod, { now, timeZone }: Moment): StatsRange {
  const tomorrow = toZoned(now, timeZone).toPlainDate().add({ days: 1 })
  const length = { week: { days: 7 }, month: { days: 30 }, year: { years: 1 } }[period]
  return {
    from: startOfDate(tomorrow.subtract(length), timeZone),
    to: startOfDate(tomorrow, timeZone),
    timeZone,
  }
}
