import { describe, expect, test } from 'vitest'
import { toPlainText, visibleLength } from '../../src/view/kit/html.ts'
import { duration } from '../../src/view/kit/when.ts'
import { statsCard } from '../../src/view/reports/stats.ts'
import { statsOver } from '../support/stats.ts'

const minute = 60_000
const hour = 60 * minute
const week = statsOver(new Date('2026-11-16'), [3, 0, 11, 2, 5, 0, 1])

describe('the caption of the statistics', () => {
  test('contains the numbers of the picture', () => {
    const card = statsCard(
      {
        ...week,
        cycle: { medianMs: 5 * hour, p90Ms: 60 * hour },
        waiting: null,
        runs: null,
        byProject: [
          { key: 'WEB', name: 'Website', done: 20 },
          { key: 'API', name: 'Api', done: 2 },
        ],
        byEngine: [
          { engine: 'claude-code', done: 15 },
          { engine: null, done: 7 },
        ],
      },
      'week',
    )

    expect(toPlainText(card.text)).toBe(
      [
        '📊 The week · 16 – 22 Nov 2026',
        '✅ 22 tasks done, 3.1 a day, most on Wed 18 Nov (11)',
        '⏱ Cycle time: median 5 h, 90% within 2.5 days',
        '📦 WEB\u00a020 · API\u00a02',
        '🤖 Claude\u00a0Code\u00a015 · No\u00a0engine\u00a07',
      ].join('\n'),
    )
  })

  test('says how long questions waited, by project and engine if there are several', () => {
    const waiting = {
      count: 12,
      medianMs: 4 * minute,
      maxMs: 2 * hour,
      byProject: [
        { key: 'API', medianMs: hour },
        { key: 'WEB', medianMs: minute },
      ],
      byEngine: [{ engine: 'codex' as const, medianMs: 4 * minute }],
    }
    const lines = toPlainText(statsCard({ ...week, done: 0, waiting }, 'week').text).split('\n')

    expect(lines.slice(1)).toEqual([
      'Nothing finished in this period.',
      '🙋 Waiting for you: median 4 min, longest 2 h (12 questions)',
      '\u2003API\u00a01\u00a0h · WEB\u00a01\u00a0min',
    ])
  })

  test('says in one line that nothing was done', () => {
    const card = statsCard(statsOver(new Date('2026-11-16'), [0, 0]), 'week')

    expect(toPlainText(card.text)).toBe('📊 The week · 16 – 17 Nov 2026\nNothing finished in this period.')
  })

  test('fits a caption with any number of projects', () => {
    const byProject = Array.from({ length: 500 }, (_, index) => ({
      key: `PROJECT${index}`,
      name: 'x'.repeat(120),
      done: 99_999,
    }))

    const waiting = {
      count: 99_999,
      medianMs: hour,
      maxMs: hour,
      byProject: byProject.map(({ key }) => ({ key, medianMs: hour })),
      byEngine: [],
    }

    const { text } = statsCard({ ...week, byProject, waiting }, 'year')

    expect(visibleLength(text)).toBeLessThanOrEqual(1024)
    expect(toPlainText(text)).toContain(`others\u00a0${492 * 99_999}`)
  })

  test('has buttons for the other periods and marks its own', () => {
    const { keyboard } = statsCard(week, 'month')

    expect(keyboard?.inline_keyboard.flat().map(({ text }) => text)).toEqual(['Week', '✓ Month', 'Year'])
  })
})

describe('a duration', () => {
  test.each([
    [0, '< 1 min'],
    [29_000, '< 1 min'],
    [minute, '1 min'],
    [59 * minute, '59 min'],
    [hour, '1 h'],
    [35.4 * hour, '35 h'],
    [36 * hour, '1.5 days'],
    [48 * hour, '2 days'],
    [9.9 * 24 * hour, '10 days'],
    [400 * 24 * hour, '400 days'],
  ])('of %d ms reads %j', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })
})
