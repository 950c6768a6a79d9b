import { readFileSync } from 'node:fs'
import { parseQuickAdd } from '../src/domain/quick-add/quick-add.ts'
import type { Stats } from '../src/domain/reports/stats.ts'
import { renderPng } from '../src/pictures/render-png.ts'
import { statsPicture } from '../src/view/charts/charts.ts'
import { type Figure, median, quantile, timed } from './figures.ts'

const corpus = new URL('../test/domain/quick-add/quick-add.corpus.txt', import.meta.url)
const minSamples = 20_000

/** Measures parsing every message of the corpus as a task, repeatedly. */
export function measureQuickAdd(): Figure[] {
  const messages = readFileSync(corpus, 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes(' ⇒ ') ? [line.split(' ⇒ ')[0]?.replaceAll('⏎', '\n') ?? ''] : []))
  const context = { now: new Date(), timeZone: 'Europe/Berlin', projectKeys: ['WEB', 'API', 'PREQ'] }
  const times: number[] = []
  for (let round = 0; times.length < minSamples; round += 1) {
    for (const message of messages) {
      const began = performance.now()
      parseQuickAdd(message, context)
      if (round > 0) times.push(performance.now() - began)
    }
  }
  const note = `${messages.length} sample messages; median ${quantile(times, 0.5).toPrecision(2)} ms`
  return [
    { what: 'quick-add, p99', on: '', value: quantile(times, 0.99), unit: 'ms', bar: { atMost: 1 }, note },
  ]
}

/** Measures rendering a year's statistics to PNG. */
export async function measurePicture(rounds: number): Promise<Figure[]> {
  const times: number[] = []
  let bytes = 0
  for (let round = 0; round < rounds; round += 1) {
    times.push(
      await timed(async () => {
        bytes = (await renderPng(statsPicture(year(), 'Done this year'))).byteLength
      }),
    )
  }
  const what = 'chart of a year'
  return [
    { what, on: '', value: median(times), unit: 'ms', bar: { atMost: 300 } },
    { what, on: '', value: bytes / 1_000, unit: 'kB', bar: { atMost: 150 } },
  ]
}

function year(): Stats {
  const days = Array.from({ length: 365 }, (_, day) => ({
    date: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
    done: (day * 7) % 11,
  }))
  return {
    done: days.reduce((sum, day) => sum + day.done, 0),
    days,
    cycle: { medianMs: 5 * 3_600_000, p90Ms: 50 * 3_600_000 },
    waiting: null,
    runs: null,
    byProject: ['API', 'APP', 'DOCS', 'OPS', 'WEB'].map((key, place) => ({
      key,
      name: `Project ${key}`,
      done: 600 - place * 90,
    })),
    byEngine: [
      { engine: 'claude-code', done: 900 },
      { engine: 'codex', done: 600 },
      { engine: null, done: 300 },
    ],
  }
}
