import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { type SnoozeChoice, snoozeUntil } from '../../../src/domain/tasks/lists/snooze-choice.ts'
import { localTime, toZoned } from '../../../src/domain/time/time.ts'

const choices = ['tonight', 'tomorrow', 'monday', 'week'] as const
const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'] as const

/** `2026-11-24 15:00` on the wall clock of a zone. */
function at(local: string, timeZone: string): Date {
  const plain = Temporal.PlainDateTime.from(local.replace(' ', 'T'))
  return new Date(plain.toZonedDateTime(timeZone).epochMilliseconds)
}

function read(local: string, choice: SnoozeChoice, timeZone: string, morning = '09:00'): string {
  const until = snoozeUntil(choice, { now: at(local, timeZone), timeZone, morning })
  const zoned = toZoned(until, timeZone)
  return `${zoned.toPlainDate().toString()} ${localTime(until, timeZone)}`
}

test.each([
  // Tuesday
  ['2026-11-24 15:00', 'tonight', '2026-11-24 19:00'],
  ['2026-11-24 00:30', 'tonight', '2026-11-24 19:00'],
  ['2026-11-24 17:59', 'tonight', '2026-11-24 19:00'],
  ['2026-11-24 18:00', 'tonight', '2026-11-24 19:00'],
  ['2026-11-24 18:01', 'tonight', '2026-11-24 21:00'],
  ['2026-11-24 20:00', 'tonight', '2026-11-24 21:00'],
  ['2026-11-24 20:01', 'tonight', '2026-11-25 19:00'],
  ['2026-11-24 15:00', 'tomorrow', '2026-11-25 09:00'],
  ['2026-11-24 00:01', 'tomorrow', '2026-11-25 09:00'],
  ['2026-11-24 15:00', 'monday', '2026-11-30 09:00'],
  ['2026-11-29 23:59', 'monday', '2026-11-30 09:00'],
  ['2026-11-30 08:00', 'monday', '2026-12-07 09:00'],
  ['2026-11-24 15:00', 'week', '2026-12-01 09:00'],
  ['2026-12-31 15:00', 'tomorrow', '2027-01-01 09:00'],
] as const)('at %s, %s is %s in every zone', (now, choice, expected) => {
  expect(zones.map((zone) => read(now, choice, zone))).toEqual(zones.map(() => expected))
})

// The days on which clocks change, and the days before them.
test.each([
  ['Europe/Berlin', '2026-03-28 15:00', 'tomorrow', '2026-03-29 09:00'],
  ['Europe/Berlin', '2026-03-29 01:30', 'tonight', '2026-03-29 19:00'],
  ['Europe/Berlin', '2026-03-29 01:30', 'monday', '2026-03-30 09:00'],
  ['Europe/Berlin', '2026-10-24 15:00', 'tomorrow', '2026-10-25 09:00'],
  ['Europe/Berlin', '2026-10-25 02:30', 'tonight', '2026-10-25 19:00'],
  ['Europe/Berlin', '2026-10-25 15:00', 'week', '2026-11-01 09:00'],
  ['America/New_York', '2026-03-07 15:00', 'tomorrow', '2026-03-08 09:00'],
  ['America/New_York', '2026-03-08 03:30', 'tonight', '2026-03-08 19:00'],
  ['America/New_York', '2026-10-31 20:30', 'tonight', '2026-11-01 19:00'],
  ['America/New_York', '2026-11-01 01:30', 'week', '2026-11-08 09:00'],
] as const)('in %s at %s, %s is %s', (zone, now, choice, expected) => {
  expect(read(now, choice, zone)).toBe(expected)
})

test('a morning in a clock gap comes right after the gap, and a repeated one comes first', () => {
  expect(read('2026-03-28 15:00', 'tomorrow', 'Europe/Berlin', '02:30')).toBe('2026-03-29 03:00')
  const until = snoozeUntil('tomorrow', {
    now: at('2026-10-24 15:00', 'Europe/Berlin'),
    timeZone: 'Europe/Berlin',
    morning: '02:30',
  })
  expect(until.toISOString()).toBe('2026-10-25T00:30:00.000Z')
})

test('every choice is at most eight days ahead, at a full minute', () => {
  const instant = fc.date({
    min: new Date('2025-01-01T00:00:00Z'),
    max: new Date('2035-01-01T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(
      instant,
      fc.constantFrom(...choices),
      fc.constantFrom(...zones, 'Pacific/Apia', 'Australia/Lord_Howe'),
      (now, choice, timeZone) => {
        const until = snoozeUntil(choice, { now, timeZone, morning: '09:00' })

        const hours = (until.getTime() - now.getTime()) / 3_600_000
        expect(hours).toBeGreaterThan(0)
        expect(hours).toBeLessThanOrEqual(8 * 24)
        expect(choice === 'tonight' ? ['19:00', '21:00'] : ['09:00']).toContain(localTime(until, timeZone))
        if (choice === 'monday') expect(toZoned(until, timeZone).dayOfWeek).toBe(1)
      },
    ),
    { numRuns: 500 },
  )
})
