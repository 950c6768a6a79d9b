import { expect, test } from 'vitest'
import { type Figure, toHeadlines } from '../../bench/figures.ts'

const figure = (what: string, on: Figure['on'], value: number, unit: Figure['unit']): Figure => ({
  what,
  on,
  value,
  unit,
})
const figures = [
  ...(['Postgres', 'embedded'] as const).flatMap((on) => [
    figure('start to ready', on, 0.3894, 's'),
    figure('memory, idle', on, 152.2, 'MB'),
    figure('update received → answer sent, p95', on, 44.51, 'ms'),
  ]),
  ...['list of open tasks', 'search', 'board', 'claim'].map((verb) =>
    figure(`${verb}, p95`, 'Postgres', 3.4167, 'ms'),
  ),
]

test('the README gets three lines of numbers', () => {
  expect(toHeadlines(figures).split('\n')).toEqual([
    '- Start to ready: 0.389 s on Postgres, 0.389 s embedded. Idle memory: 152 MB on Postgres, 152 MB embedded.',
    "- Your message to the bot's answer, p95 without the network: 44.5 ms on Postgres, 44.5 ms embedded.",
    '- 50,000 tasks on Postgres, p95: list of open tasks 3.42 ms, search 3.42 ms, board 3.42 ms, claim 3.42 ms.',
  ])
})

test('a partial run writes no numbers', () => {
  const partial = figures.filter(({ on }) => on === 'Postgres')
  expect(() => toHeadlines(partial)).toThrow('"start to ready" on embedded was not measured')
})
