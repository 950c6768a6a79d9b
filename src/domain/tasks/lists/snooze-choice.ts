import { hourMs } from '../../core/durations.ts'
import { nextLocalTime, startOfDate, toZoned } from '../../time/time.ts'

/** The choices for when a snoozed task comes back. */
export type SnoozeChoice = 'tonight' | 'tomorrow' | 'monday' | 'week'

const evenings = ['19:00', '21:00'] as const
// An evening closer than this isn't "later".
const minAheadMs = hourMs

/**
 * Returns the instant of a choice in the owner's zone. Tonight is 19:00, or 21:00 if that is less than an hour away; from 20:00 on it's
 * tomorrow 19:00. Other days start at `morning` (`HH:MM`). Monday is never today, and a week is seven days.
 */
export function snoozeUntil(
  choice: SnoozeChoice,
  owner: { readonly now: Date; readonly timeZone: string; readonly morning: string },
): Date {
  const { now, timeZone, morning } = owner
  const today = toZoned(now, timeZone).toPlainDate()
  const at = (days: number, time: string) => {
    const start = startOfDate(today.add({ days }), timeZone)
    return nextLocalTime(new Date(start.getTime() - 1), time, timeZone)
  }
  switch (choice) {
    case 'tonight': {
      const soonest = now.getTime() + minAheadMs
      const evening = evenings.map((time) => at(0, time)).find((instant) => instant.getTime() >= soonest)
      return evening ?? at(1, evenings[0])
    }
    case 'tomorrow':
      return at(1, morning)
    case 'monday':
      return at(8 - today.dayOfWeek, morning)
    case 'week':
      return at(7, morning)
  }
}
