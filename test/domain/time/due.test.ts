import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { findDue, parseDue } from '../../../src/domain/time/due/due.ts'
import { localDate } from '../../../src/domain/time/time.ts'

const berlin = { now: new Date('2026-03-16T10:00:00Z'), timeZone: 'Europe/Berlin' }
const hostZone = process.env.TZ

afterEach(() => {
  if (hostZone === undefined) delete process.env.TZ
  else process.env.TZ = hostZone
})

describe('parseDue', () => {
  test('reads a day without a time as its last minute', () => {
    expect(parseDue('fri', berlin)).toEqual({ at: new Date('2026-03-20T22:59:00Z'), hasTime: false })
  })

  test('reads a day with a time as that instant in the zone', () => {
    expect(parseDue(' tomorrow 9am ', berlin)).toEqual({
      at: new Date('2026-03-17T08:00:00Z'),
      hasTime: true,
    })
  })

  test('refuses a text that is only partly a date', () => {
    expect(parseDue('fri or so', berlin)).toBeNull()
    expect(parseDue('mon to wed', berlin)).toBeNull()
    expect(parseDue('', berlin)).toBeNull()
    expect(parseDue(`fri${' '.repeat(200)}9am`, berlin)).toBeNull()
  })

  test('counts elapsed hours across a clock change', () => {
    const now = new Date('2026-10-25T00:30:00Z')
    expect(parseDue('in 2 hours', { ...berlin, now })?.at).toEqual(new Date('2026-10-25T02:30:00Z'))
  })

  // A Monday, 11:00 in Berlin.
  test.each([
    ['eod', '2026-03-16'],
    ['eod friday', '2026-03-20'],
    ['tomorrow eod', '2026-03-17'],
    ['eow', '2026-03-20'],
    ['eow 17:00', '2026-03-20 17:00'],
    ['eom', '2026-03-31'],
    ['eoy', '2026-12-31'],
    ['tom', '2026-03-17'],
    ['tom 9am', '2026-03-17 09:00'],
    ['day after tomorrow', '2026-03-18'],
    ['the day after tomorrow at 9', '2026-03-18 09:00'],
    ['25th', '2026-03-25'],
    ['the 25th at 5pm', '2026-03-25 17:00'],
    ['16th', '2026-03-16'],
    ['15th', '2026-04-15'],
    ['by the 31st', '2026-03-31'],
    ['25.12', '2026-12-25'],
    ['25.12 17h', '2026-12-25 17:00'],
    ['fri@17:00', '2026-03-20 17:00'],
    ['fri @ 5pm', '2026-03-20 17:00'],
    ['tom@9', '2026-03-17 09:00'],
    ['fri 17h', '2026-03-20 17:00'],
    ['fri 17h30', '2026-03-20 17:30'],
    ['tomorrow 9h', '2026-03-17 09:00'],
    ['17h', '2026-03-16 17:00'],
    ['17h30', '2026-03-16 17:30'],
    ['10h', '2026-03-17 10:00'],
    ['in 17h', '2026-03-17 04:00'],
    ['2h', '2026-03-16 13:00'],
    ['24h', '2026-03-17 11:00'],
    ['feb 29', '2028-02-29'],
    ['29. Februar', '2028-02-29'],
    ['29 de febrero', '2028-02-29'],
    ['29 февраля', '2028-02-29'],
    ['2월 29일', '2028-02-29'],
    ['2月29日', '2028-02-29'],
    ['feb 29 17:00', '2028-02-29 17:00'],
    ['10. April um 9 Uhr', '2026-04-10 09:00'],
  ])('reads %s as %s', (text, expected) => {
    const due = parseDue(text, berlin)
    const local = due?.at.toLocaleString('sv', { timeZone: 'Europe/Berlin' }).slice(0, 16)

    expect(due?.hasTime ? local : local?.slice(0, 10)).toBe(expected)
  })

  test.each([
    '32nd',
    '0th',
    'feb 30',
    'sun feb 30',
    'feb 29 2027',
    '31.4.',
    '25.13',
    '3.14',
    '4/31',
    'tomato',
  ])('finds no date in %s', (text) => {
    expect(parseDue(text, berlin)).toBeNull()
  })

  test.each(['Europe/Berlin', 'America/New_York'])(
    'reads every day that a month may have in %s',
    (timeZone) => {
      const days = [1, 9, 10, 16, 25, 28, 29, 30, 31, 32]
      const months = 'January February March April May June July August September October November December'
      for (const [index, name] of months.split(' ').entries()) {
        for (const day of days) {
          const [month, short] = [index + 1, name.slice(0, 3)]
          const padded = `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
          const years = [2026, 2027, 2028].map((year) => `${year}-${padded}`)
          const isDay = (date: string) => localDate(new Date(date), 'UTC') === date
          const wanted = years.filter((date) => day < 32 && isDay(date)).find((date) => date >= '2026-03-16')
          const slashed = timeZone.startsWith('Europe') ? `${day}/${month}` : `${month}/${day}`
          const forms = [
            `${short} ${day}`,
            `${day} ${short}`,
            `${name} ${day}th`,
            `${day}.${month}.`,
            slashed,
          ]
          for (const form of [...forms, `${String(day).padStart(2, '0')}.${padded.slice(0, 2)}`]) {
            const due = parseDue(form, { ...berlin, timeZone })
            expect([form, due && localDate(due.at, timeZone)]).toEqual([form, wanted ?? null])
          }
          const leapYear = years.slice(2).find((date) => day < 32 && isDay(date))
          const due = parseDue(`${years[2]}`, { ...berlin, timeZone })
          expect([padded, due && localDate(due.at, timeZone)]).toEqual([padded, leapYear ?? null])
        }
      }
    },
  )

  test('does not depend on the zone of the host', () => {
    const springNight = { now: new Date('2026-03-29T00:30:00Z'), timeZone: 'Europe/Berlin' }
    const phrases = [
      'in 1 hour',
      'in 2 hours',
      '2h',
      'tomorrow 02:30',
      'today',
      '02:30',
      'sun',
      '1. April',
      'in 3 Tagen',
    ]
    const readings = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu'].map(
      (zone) => {
        process.env.TZ = zone
        return phrases.map((phrase) => parseDue(phrase, springNight)?.at.toISOString())
      },
    )

    expect(new Set(readings.map((reading) => JSON.stringify(reading))).size).toBe(1)
    expect(readings[0]).toEqual([
      '2026-03-29T01:30:00.000Z',
      '2026-03-29T02:30:00.000Z',
      '2026-03-29T02:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-03-29T21:59:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-29T21:59:00.000Z',
      '2026-04-01T21:59:00.000Z',
      '2026-04-01T21:59:00.000Z',
    ])
  })
})

describe('findDue', () => {
  test('returns the length of the date', () => {
    expect(findDue('in 3 days fix it', berlin)?.length).toBe('in 3 days'.length)
    expect(findDue('by friday fix it', berlin)?.length).toBe('by friday'.length)
    expect(findDue('금요일까지 수정', berlin)?.length).toBe('금요일까지'.length)
  })

  test('reads any text without failing, and only dates that can be stored', () => {
    const word = fc.constantFrom(
      ...'next last in 3 0 99999 days Stunden friday so 2026-12-01 31.02. 24:00 9am Uhr morgen früh 다음 주 12월 99일 오후 25시 غدا завтра 明日 demain . , 1/1 weeks EST'.split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word).map((words) => words.join(' ')),
          fc.string({ unit: 'grapheme' }),
        ),
        (text) => {
          const due = findDue(text, berlin)
          if (due === null) return
          expect(due.at.toISOString()).toMatch(/^\d{4}-/)
          expect(due.length).toBeGreaterThan(0)
          expect(due.length).toBeLessThanOrEqual(text.length)
        },
      ),
      { numRuns: 500 },
    )
  })
})
