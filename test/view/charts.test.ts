import { Resvg } from '@resvg/resvg-js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Stats } from '../../src/domain/reports/stats.ts'
import { statsPicture } from '../../src/view/charts/charts.ts'
import { statsOver } from '../support/stats.ts'

const hour = 60 * 60 * 1_000
const count = fc.oneof(fc.nat(12), fc.nat(100_000))
const anyStats: fc.Arbitrary<Stats> = fc.record({
  done: count,
  days: fc
    .tuple(
      fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      fc.array(count, { maxLength: 370 }),
    )
    .map(([first, counts]) => statsOver(first, counts).days),
  cycle: fc.option(fc.record({ medianMs: fc.nat(), p90Ms: fc.maxSafeNat() })),
  waiting: fc.constant(null),
  runs: fc.constant(null),
  byProject: fc.array(
    fc.record({
      key: fc.stringMatching(/^[A-Z][A-Z0-9]{1,9}$/),
      name: fc.string({ unit: 'binary', maxLength: 120 }),
      done: count,
    }),
  ),
  byEngine: fc.array(
    fc.record({ engine: fc.constantFrom('claude-code', 'codex', 'gemini-cli', null), done: count }),
    { maxLength: 4 },
  ),
})

describe('the picture of the statistics', () => {
  test('is well-formed SVG without NaN, whatever the statistics and the names of projects', () => {
    fc.assert(
      fc.property(anyStats, fc.string({ unit: 'binary' }), (stats, title) => {
        const picture = statsPicture(stats, title)

        expect(picture).not.toMatch(/NaN|Infinity|undefined|null|false/)
        const { width, height } = new Resvg(picture, { font: { loadSystemFonts: false } })
        expect([width, height]).toEqual([1080, 1350])
      }),
      { numRuns: 60 },
    )
  })

  test('shows a week as bars with counts, weekdays and dates', () => {
    const texts = textsOf(statsPicture(statsOver(new Date('2026-11-16'), [3, 0, 11, 2, 5, 0, 1]), 'The week'))

    expect(texts).toEqual(
      expect.arrayContaining([
        'The week',
        '16 – 22 Nov 2026',
        'Mon',
        '16',
        'Sun',
        '22',
        '3',
        '11',
        '2',
        '5',
        '1',
      ]),
    )
    expect(texts).not.toContain('0')
  })

  test('doubles the bar height for double the count', () => {
    const picture = statsPicture(statsOver(new Date('2026-11-16'), [4, 8, 0, 0, 0, 0, 0]), 'The week')

    const [four = 0, eight = 0] = [...picture.matchAll(/<path d="M[\d.]+ ([\d.]+)V([\d.]+)/g)].map(
      ([, floor, top]) => Number(floor) - Number(top),
    )

    // The rounded corner starts 14 pixels below the top.
    expect((eight + 14) / (four + 14)).toBeCloseTo(2, 1)
  })

  test('shows a month with a scale and the dates of its Mondays', () => {
    const counts = Array.from({ length: 30 }, (_, index) => index % 7)

    const texts = textsOf(statsPicture(statsOver(new Date('2026-10-28'), counts), 'The month'))

    expect(texts).toEqual(
      expect.arrayContaining(['28 Oct – 26 Nov 2026', '6', '3', '2 Nov', '9 Nov', '16 Nov', '23 Nov']),
    )
  })

  test('shows a year as a heat map: a square for each day, five shades, the months by name', () => {
    const counts = Array.from({ length: 365 }, (_, index) => index % 9)

    const picture = statsPicture(statsOver(new Date('2025-11-27'), counts), 'The year')

    const squares = picture.match(/rx="6" fill="#[0-9a-f]{6}"/g) ?? []
    expect(squares).toHaveLength(365 + 5)
    expect(new Set(squares).size).toBe(5)
    expect(textsOf(picture)).toEqual(
      expect.arrayContaining([
        'Dec',
        'Jan',
        'Feb',
        'Mar',
        'Apr',
        'May',
        'Jun',
        'Jul',
        'Aug',
        'Sep',
        'Oct',
        'Nov',
        'Less',
        'More',
      ]),
    )
  })

  test('shows how long tasks took, by project and by engine', () => {
    const stats: Stats = {
      ...statsOver(new Date('2026-11-16'), [9]),
      cycle: { medianMs: 5 * hour, p90Ms: 60 * hour },
      waiting: null,
      runs: null,
      byProject: [
        { key: 'WEB', name: 'R&D <web>', done: 6 },
        { key: 'SHOP', name: '쇼핑몰 🛒', done: 3 },
      ],
      byEngine: [
        { engine: 'codex', done: 7 },
        { engine: null, done: 2 },
      ],
    }

    const texts = textsOf(statsPicture(stats, 'The week'))

    expect(texts).toEqual(
      expect.arrayContaining([
        '5 h',
        '2.5 days',
        'WEBR&amp;D &lt;web&gt;',
        '6',
        'SHOP',
        '3',
        'Codex',
        '7',
        'No engine',
        '2',
      ]),
    )
  })

  test('combines more than four projects into a last line', () => {
    const byProject = ['A1', 'B1', 'C1', 'D1', 'E1'].map((key, index) => ({
      key,
      name: key,
      done: 50 - index,
    }))

    const texts = textsOf(
      statsPicture({ ...statsOver(new Date('2026-11-16'), [240]), byProject }, 'The week'),
    )

    expect(texts).toEqual(expect.arrayContaining(['A1A1', 'B1B1', 'C1C1', '2 others', '93']))
    expect(texts).not.toContain('D1D1')
  })

  test('says if nothing was done', () => {
    const texts = textsOf(statsPicture(statsOver(new Date('2026-11-16'), [0, 0, 0, 0, 0, 0, 0]), 'The week'))

    expect(texts).toEqual(expect.arrayContaining(['0', 'Nothing done on these days', 'Nothing yet']))
  })
})

function textsOf(picture: string): string[] {
  return [...picture.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, content = '']) =>
    content.replace(/<\/?tspan[^>]*>/g, ''),
  )
}
