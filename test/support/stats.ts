import type { Stats } from '../../src/domain/reports/stats.ts'

const dayMs = 24 * 60 * 60 * 1_000

/** Builds statistics for consecutive days. */
export function statsOver(first: Date, counts: readonly number[]): Stats {
  return {
    done: counts.reduce((sum, done) => sum + done, 0),
    days: counts.map((done, index) => ({
      date: new Date(first.getTime() + index * dayMs).toISOString().slice(0, 10),
      done,
    })),
    cycle: null,
    waiting: null,
    runs: null,
    byProject: [],
    byEngine: [],
  }
}
