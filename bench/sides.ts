import { cpuOf, cpuOfDatabase } from './cpu.ts'
import { type Figure, median } from './figures.ts'
import type { Load, LoadResult } from './load.ts'

/** A server under load: the product, or the floor in one of its variants. */
export interface Side {
  readonly name: string
  readonly origin: string
  readonly pid: number
  readonly headers?: Readonly<Record<string, string>>
}

/** One round: requests per second, and milliseconds of CPU time per request. NaN where it can't be read. */
interface Sample {
  readonly perSecond: number
  readonly cpu: number
  readonly postgresCpu: number
}

/** A side with its rounds. */
export interface Measured {
  readonly name: string
  readonly samples: readonly Sample[]
}

/** What to run in each round. */
export interface Rounds {
  readonly count: number
  readonly run: (load: Load) => Promise<LoadResult>
  /** Runs before each load. */
  readonly prepare?: () => Promise<void>
  /** The Postgres database that the sides use; null if embedded. */
  readonly database: string | null
  /** The load of a round, from 0 for the warm-up. */
  readonly loadOf: (round: number) => Omit<Load, 'origin'>
}

/** Loads the sides one after another, round by round, so a slow moment of the machine affects all of them. Round 0 is a warm-up. */
export async function measureSides(sides: readonly Side[], rounds: Rounds): Promise<readonly Measured[]> {
  const { database } = rounds
  const databaseCpu = () => (database === null ? Number.NaN : cpuOfDatabase(database))
  const measured = sides.map(({ name }) => ({ name, samples: [] as Sample[] }))
  for (let round = 0; round <= rounds.count; round += 1) {
    for (const [index, { origin, pid, headers }] of sides.entries()) {
      await rounds.prepare?.()
      const load = rounds.loadOf(round)
      const before = { cpu: cpuOf(pid), postgresCpu: databaseCpu() }
      const { requests, perSecond } = await rounds.run({
        ...load,
        origin,
        headers: { ...load.headers, ...headers },
      })
      const cpu = (cpuOf(pid) - before.cpu) / requests
      const postgresCpu = (databaseCpu() - before.postgresCpu) / requests
      if (round > 0) measured[index]?.samples.push({ perSecond, cpu, postgresCpu })
    }
  }
  return measured
}

type Named = Pick<Figure, 'what' | 'on' | 'bar'>

/** Returns the median of the rounds' rates relative to the floor. */
export function toRatio(figure: Named, app: Measured, floor: Measured): Figure {
  const ratios = app.samples.map(
    ({ perSecond }, round) => perSecond / (floor.samples[round]?.perSecond ?? Number.NaN),
  )
  const note = `${toCount(rateOf(app))} vs. ${toCount(rateOf(floor))} requests/s`
  return { ...figure, value: median(ratios), unit: 'of the floor', note }
}

/** Returns a side's rate, with the CPU time per request. */
export function toRate(figure: Named, side: Measured): Figure {
  const cpu = toMs(side.samples.map((sample) => sample.cpu))
  const postgresCpu = toMs(side.samples.map((sample) => sample.postgresCpu))
  const postgres = postgresCpu === null ? '' : `, Postgres ${postgresCpu}`
  const note = cpu === null ? {} : { note: `CPU per request: ${cpu}${postgres}` }
  return { ...figure, value: rateOf(side), unit: 'requests/s', ...note }
}

function rateOf({ samples }: Measured): number {
  return median(samples.map(({ perSecond }) => perSecond))
}

function toMs(values: readonly number[]): string | null {
  return values.some(Number.isNaN) ? null : `${median(values).toFixed(2)} ms`
}

function toCount(rate: number): string {
  return Math.round(rate).toLocaleString('en')
}
