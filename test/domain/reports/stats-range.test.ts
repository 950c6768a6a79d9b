import { describe, expect, test } from 'vitest'
import { type StatsPeriod, statsRange } from '../../../src/domain/reports/stats-range.ts'

describe('the days that statistics count', () => {
  test.each<[StatsPeriod, string, string, string, string]>([
    ['week', '2026-11-26T09:00:00Z', 'Europe/Berlin', '2026-11-19T23:00:00Z', '2026-11-26T23:00:00Z'],
    ['month', '2026-11-26T09:00:00Z', 'Europe/Berlin', '2026-10-27T23:00:00Z', '2026-11-26T23:00:00Z'],
    ['year', '2026-11-26T09:00:00Z', 'Europe/Berlin', '2025-11-26T23:00:00Z', '2026-11-26T23:00:00Z'],
    ['week', '2026-10-27T22:59:00Z', 'Europe/Berlin', '2026-10-20T22:00:00Z', '2026-10-27T23:00:00Z'],
    ['week', '2026-03-10T02:00:00Z', 'America/New_York', '2026-03-03T05:00:00Z', '2026-03-10T04:00:00Z'],
    ['year', '2028-02-29T12:00:00Z', 'UTC', '2027-03-01T00:00:00Z', '2028-03-01T00:00:00Z'],
  ])('of a %s at %s in %s are %s to %s', (period, now, timeZone, from, to) => {
    expect(statsRange(period, { now: new Date(now), timeZone })).toEqual({
      from: new Date(from),
      to: new Date(to),
      timeZone,
    })
  })
})
