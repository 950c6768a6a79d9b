import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { findDue, parseDue } from '../../src/domain/due.ts'

const berlin = { now: new Date('2026-03-16T10:00:00Z'), timeZone: 'Europe/Berlin' }
const hostZone = process.env.TZ

afterEach(() => {
  if (hostZone === undefined) delete process.env.TZ
  else process.env.TZ = hostZone
})

describe('parseDue', () => {
  it('takes a day without a time for its last minute', () => {
    expect(parseDue('fri', berlin)).toEqual({ at: new Date('2026-03-20T22:59:00Z'), hasTime: false })
  })

  it('takes a day with a time for that instant in the zone', () => {
    expect(parseDue(' tomorrow 9am ', berlin)).toEqual({
      at: new Date('2026-03-17T08:00:00Z'),
      hasTime: true,
    })
  })

  it('refuses a text of which a part is no date', () => {
    expect(parseDue('fri or so', berlin)).toBeNull()
    expect(parseDue('mon to wed', berlin)).toBeNull()
    expect(parseDue('', berlin)).toBeNull()
    expect(parseDue(`fri${' '.repeat(200)}9am`, berlin)).toBeNull()
  })

  it('counts hours across a clock change by what really passes', () => {
    const now = new Date('2026-10-25T00:30:00Z')
    expect(parseDue('in 2 hours', { ...berlin, now })?.at).toEqual(new Date('2026-10-25T02:30:00Z'))
  })

  it('does not depend on the zone of the host', () => {
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
  it('says how much of the text is the date', () => {
    expect(findDue('in 3 days fix it', berlin)?.length).toBe('in 3 days'.length)
    expect(findDue('by friday fix it', berlin)?.length).toBe('by friday'.length)
    expect(findDue('금요일까지 수정', berlin)?.length).toBe('금요일까지'.length)
  })

  it('reads any text without failing, and only dates that can be stored', () => {
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
