import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import {
  dayBounds,
  inQuietHours,
  isDayOnly,
  isTimeOfDay,
  isTimeZone,
  lastMinuteOf,
  localDate,
  localTime,
  nextLocalTime,
  quietHoursEnd,
  resolveTimeZone,
} from '../../../src/domain/time/time.ts'

const at = (text: string) => new Date(text)

describe('local days', () => {
  test('are those of the zone, not of UTC', () => {
    expect(localDate(at('2026-03-16T23:30:00Z'), 'Europe/Berlin')).toBe('2026-03-17')
    expect(localDate(at('2026-03-16T03:30:00Z'), 'America/New_York')).toBe('2026-03-15')
    expect(localTime(at('2026-03-16T23:30:59Z'), 'Europe/Berlin')).toBe('00:30')
  })

  test.each([
    [
      'an ordinary day',
      '2026-03-16T10:00:00Z',
      'Europe/Berlin',
      '2026-03-15T23:00:00Z',
      '2026-03-16T23:00:00Z',
    ],
    [
      'the day of 23 hours',
      '2026-03-29T10:00:00Z',
      'Europe/Berlin',
      '2026-03-28T23:00:00Z',
      '2026-03-29T22:00:00Z',
    ],
    [
      'the day of 25 hours',
      '2026-10-25T10:00:00Z',
      'Europe/Berlin',
      '2026-10-24T22:00:00Z',
      '2026-10-25T23:00:00Z',
    ],
    [
      'a day whose midnight is skipped',
      '2026-09-06T12:00:00Z',
      'America/Santiago',
      '2026-09-06T04:00:00Z',
      '2026-09-07T03:00:00Z',
    ],
  ])('run from midnight to midnight on %s', (_, now, timeZone, start, end) => {
    expect(dayBounds(at(now), timeZone)).toEqual({ start: at(start), end: at(end) })
  })

  test('end in a minute that means the whole day', () => {
    expect(isDayOnly(at('2026-03-20T22:59:00Z'), 'Europe/Berlin')).toBe(true)
    expect(isDayOnly(at('2026-03-20T22:58:00Z'), 'Europe/Berlin')).toBe(false)
    expect(isDayOnly(at('2026-03-20T22:59:30Z'), 'Europe/Berlin')).toBe(false)
    expect(isDayOnly(at('2026-03-20T22:59:00Z'), 'America/New_York')).toBe(false)
  })

  test('end in that minute even if the clock skips the hour before midnight', () => {
    const due = lastMinuteOf(Temporal.PlainDate.from('2024-03-30'), 'America/Nuuk')
    expect(localDate(due, 'America/Nuuk')).toBe('2024-03-30')
    expect(isDayOnly(due, 'America/Nuuk')).toBe(true)
  })
})

describe('nextLocalTime', () => {
  test.each([
    ['later today', '2026-03-16T05:00:00Z', '08:00', '2026-03-16T07:00:00Z'],
    ['tomorrow when it is over', '2026-03-16T10:00:00Z', '08:00', '2026-03-17T07:00:00Z'],
    ['tomorrow when it is just now', '2026-03-16T07:00:00Z', '08:00', '2026-03-17T07:00:00Z'],
    ['right after the gap that holds it', '2026-03-28T23:30:00Z', '02:30', '2026-03-29T01:00:00Z'],
    ['not again on the day of the gap', '2026-03-29T01:00:00Z', '02:30', '2026-03-30T00:30:00Z'],
    ['at the first of two', '2026-10-24T23:00:00Z', '02:30', '2026-10-25T00:30:00Z'],
    ['not at the second of two', '2026-10-25T00:30:00Z', '02:30', '2026-10-26T01:30:00Z'],
  ])('is %s', (_, now, time, expected) => {
    expect(nextLocalTime(at(now), time, 'Europe/Berlin')).toEqual(at(expected))
  })

  test('comes once for every local date of a year, in any zone and at any time', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'America/Santiago',
      'Australia/Lord_Howe',
      'Asia/Beirut',
      'UTC',
    )
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 })
    fc.assert(
      fc.property(zone, minute, (timeZone, minutes) => {
        const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
        const dates: string[] = []
        let now = dayBounds(at('2026-01-02T12:00:00Z'), timeZone).start
        now = new Date(now.getTime() - 1)
        while (dates.length < 365) {
          now = nextLocalTime(now, time, timeZone)
          dates.push(localDate(now, timeZone))
        }
        expect(new Set(dates).size).toBe(365)
        expect(dates.at(-1)).toBe('2027-01-01')
      }),
      { numRuns: 20 },
    )
  })
})

describe('quiet hours', () => {
  const zone = 'Europe/Berlin'

  test.each([
    ['22:00-07:00', '2026-03-16T21:00:00Z', true],
    ['22:00-07:00', '2026-03-16T20:59:00Z', false],
    ['22:00-07:00', '2026-03-16T02:00:00Z', true],
    ['22:00-07:00', '2026-03-16T05:59:59Z', true],
    ['22:00-07:00', '2026-03-16T06:00:00Z', false],
    ['12:00-13:30', '2026-03-16T12:00:00Z', true],
    ['12:00-13:30', '2026-03-16T12:30:00Z', false],
    ['08:00-08:00', '2026-03-16T07:00:00Z', false],
    ['', '2026-03-16T02:00:00Z', false],
    ['22-7', '2026-03-16T02:00:00Z', false],
    ['22:00-24:00', '2026-03-16T22:00:00Z', false],
  ])('%s at %s: %s', (window, now, quiet) => {
    expect(inQuietHours(at(now), window, zone)).toBe(quiet)
  })

  test('end at the end of the window, on the next morning', () => {
    expect(quietHoursEnd(at('2026-03-16T21:00:00Z'), '22:00-07:00', zone)).toEqual(at('2026-03-17T06:00:00Z'))
    expect(quietHoursEnd(at('2026-03-28T22:00:00Z'), '22:00-07:00', zone)).toEqual(at('2026-03-29T05:00:00Z'))
  })

  test('end immediately outside of the window', () => {
    const now = at('2026-03-16T10:00:00Z')
    expect(quietHoursEnd(now, '22:00-07:00', zone)).toEqual(now)
  })

  test.each([
    // Berlin springs from 02:00 to 03:00 on 29 March at 01:00Z.
    ['Europe/Berlin', '22:00-07:00', '2026-03-28T21:00:00Z', '2026-03-29T05:00:00Z'],
    ['Europe/Berlin', '22:00-02:30', '2026-03-28T21:00:00Z', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '02:30-07:00', '2026-03-29T01:00:00Z', '2026-03-29T05:00:00Z'],
    ['Europe/Berlin', '01:00-02:15', '2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z'],
    // It falls from 03:00 to 02:00 on 25 October at 01:00Z.
    ['Europe/Berlin', '22:00-07:00', '2026-10-24T20:00:00Z', '2026-10-25T06:00:00Z'],
    ['Europe/Berlin', '22:00-02:30', '2026-10-24T20:00:00Z', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '02:30-07:00', '2026-10-25T00:30:00Z', '2026-10-25T06:00:00Z'],
    // New York springs from 02:00 to 03:00 on 8 March at 07:00Z.
    ['America/New_York', '22:00-07:00', '2026-03-08T03:00:00Z', '2026-03-08T11:00:00Z'],
    ['America/New_York', '22:00-02:30', '2026-03-08T03:00:00Z', '2026-03-08T07:00:00Z'],
    ['America/New_York', '02:30-07:00', '2026-03-08T07:00:00Z', '2026-03-08T11:00:00Z'],
    // It falls from 02:00 to 01:00 on 1 November at 06:00Z.
    ['America/New_York', '22:00-07:00', '2026-11-01T02:00:00Z', '2026-11-01T12:00:00Z'],
    ['America/New_York', '22:00-01:30', '2026-11-01T02:00:00Z', '2026-11-01T05:30:00Z'],
    ['America/New_York', '01:30-07:00', '2026-11-01T05:30:00Z', '2026-11-01T12:00:00Z'],
    // By day the night before makes no difference.
    ['Europe/Berlin', '12:00-13:30', '2026-03-29T10:00:00Z', '2026-03-29T11:30:00Z'],
    ['America/New_York', '12:00-13:30', '2026-11-01T17:00:00Z', '2026-11-01T18:30:00Z'],
  ])('in %s, %s, start at %s and end at %s, once, across clock changes', (timeZone, window, from, to) => {
    const [start, end] = [at(from).getTime(), at(to).getTime()]
    const minute = 60_000
    for (let now = start - 3 * 60 * minute; now < end + 3 * 60 * minute; now += 5 * minute) {
      const isInside = now >= start && now < end
      expect([new Date(now).toISOString(), inQuietHours(new Date(now), window, timeZone)]).toEqual([
        new Date(now).toISOString(),
        isInside,
      ])
      if (isInside) expect(quietHoursEnd(new Date(now), window, timeZone)).toEqual(at(to))
    }
  })

  test('do not start again in the repeated hour', () => {
    expect(inQuietHours(at('2026-10-25T00:29:00Z'), '22:00-02:30', zone)).toBe(true)
    expect(inQuietHours(at('2026-10-25T01:10:00Z'), '22:00-02:30', zone)).toBe(false)
  })
})

describe('time zones', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['berlin', 'Europe/Berlin'],
    ['Berlin, Germany', 'Europe/Berlin'],
    [' new york ', 'America/New_York'],
    ['America/New York', 'America/New_York'],
    ['Zürich', 'Europe/Zurich'],
    ['São Paulo', 'America/Sao_Paulo'],
    ['Seoul', 'Asia/Seoul'],
    ['Kolkata', 'Asia/Kolkata'],
    ['Kyiv', 'Europe/Kyiv'],
    ['utc', 'UTC'],
    ['UTC+0', 'UTC'],
    ['UTC+9', 'Etc/GMT-9'],
    ['gmt-3', 'Etc/GMT+3'],
    ['+09:00', 'Etc/GMT-9'],
    ['-5', 'Etc/GMT+5'],
    ['UTC+05:30', 'Asia/Kolkata'],
    ['NYC', 'America/New_York'],
    ['LA', 'America/Los_Angeles'],
    ['San Francisco, CA', 'America/Los_Angeles'],
    ['Munich', 'Europe/Berlin'],
    ['München', 'Europe/Berlin'],
    ['mumbai', 'Asia/Kolkata'],
    ['New  Delhi', 'Asia/Kolkata'],
    ['서울', 'Asia/Seoul'],
    ['東京', 'Asia/Tokyo'],
    ['Москва', 'Europe/Moscow'],
    ['EST', 'America/New_York'],
    ['pst', 'America/Los_Angeles'],
    ['MST', 'America/Denver'],
  ])('%s is %s', (text, zone) => {
    expect(resolveTimeZone(text)).toBe(zone)
  })

  test.each([
    '',
    'nowhere',
    'Europe',
    '9',
    'UTC+15',
    '-13',
    '+05:31',
    '2026-01-01T00:00[Europe/Berlin]',
    '../etc/passwd',
  ])('"%s" isn’t a time zone', (text) => {
    expect(resolveTimeZone(text)).toBeNull()
  })

  test('by their abbreviation have the summer time of their place', () => {
    const hours = ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'].map((now) =>
      localTime(at(now), resolveTimeZone('EST') ?? ''),
    )
    expect(hours).toEqual(['07:00', '08:00'])
  })

  test('have a name that can be stored; offsets do not', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true)
    expect(isTimeZone('europe/berlin')).toBe(true)
    expect(isTimeZone('Etc/GMT-9')).toBe(true)
    expect(isTimeZone('+09:00')).toBe(false)
    expect(isTimeZone('Berlin')).toBe(false)
    expect(isTimeZone('')).toBe(false)
  })

  test('resolve to names that Intl can format with', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Intl.supportedValuesOf('timeZone')), (name) => {
        const city = name.slice(name.lastIndexOf('/') + 1).replaceAll('_', ' ')
        const zone = resolveTimeZone(city)
        expect(zone).not.toBeNull()
        expect(() => new Intl.DateTimeFormat('en', { timeZone: zone ?? '' })).not.toThrow()
      }),
    )
  })
})

describe('a time of day', () => {
  test('is HH:MM between 00:00 and 23:59', () => {
    expect(['00:00', '09:30', '23:59'].every(isTimeOfDay)).toBe(true)
    expect(['24:00', '9:30', '09:60', '', '09:30:00'].some(isTimeOfDay)).toBe(false)
  })
})
