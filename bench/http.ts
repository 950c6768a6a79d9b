import { startApp } from './app-process.ts'
import { addToken, bind, within } from './board.ts'
import { startChild } from './child.ts'
import { type Figure, median } from './figures.ts'
import { type Load, startLoader } from './load.ts'
import type { Scale } from './scale.ts'
import { resetPool } from './seed.ts'
import type { BenchStore } from './store.ts'

const connections = 10
const summary = 'Moved the redirect into the middleware and covered it by a test.'
const complete = JSON.stringify({ lifecycle_action: 'complete', result: { summary, tests: 'pass' } })

/** Measures requests per second of GET task and PATCH complete; on Postgres, alternating with the floor on the same database. */
export async function measureHttp(
  store: BenchStore,
  telegram: { readonly env: Readonly<Record<string, string>>; readonly userId: number },
  scale: Scale,
): Promise<Figure[]> {
  const { token, ownerId } = await within(store, async (database) => {
    await resetPool(database.db)
    await bind(database, telegram.userId)
    return { token: await addToken(database), ownerId: database.ownerId }
  })
  const app = await startApp({ ...store.env, ...telegram.env })
  const floor =
    store.url === null ? null : await startChild<string>('./floor-process.ts', { url: store.url, ownerId })
  const loader = await startLoader()
  const common = { connections, headers: { authorization: `Bearer ${token}` }, seconds: scale.loadSeconds }
  const get: Omit<Load, 'origin'> = { ...common, method: 'GET', paths: paths(1_000), cycle: true }
  const patch: Omit<Load, 'origin'> = {
    ...common,
    method: 'PATCH',
    paths: paths(scale.pool),
    cycle: false,
    body: complete,
  }
  // Only one process can open an embedded database, so there is no floor, and one round uses up its tasks.
  const sides = floor === null ? { app: app.url } : { floor: floor.first, app: app.url }
  const measure = async (what: string, load: Omit<Load, 'origin'>, rounds: number): Promise<Figure> => {
    const rates: Record<string, number[]> = {}
    const usesUp = load.method === 'PATCH'
    for (let round = floor === null && usesUp ? 0 : -1; round < rounds; round += 1) {
      for (const [side, origin] of Object.entries(sides)) {
        if (usesUp && floor !== null) await within(store, ({ db }) => resetPool(db))
        const { perSecond } = await loader.run({ ...load, origin })
        // The first round is a warm-up for both.
        if (round >= 0) rates[side] = [...(rates[side] ?? []), perSecond]
      }
    }
    const name = `${what}, ${connections} connections`
    const own = rates.app ?? []
    if (rates.floor === undefined)
      return { what: name, on: store.kind, value: median(own), unit: 'requests/s' }
    const ratios = own.map((rate, round) => rate / (rates.floor?.[round] ?? Number.NaN))
    const note = `${toCount(median(own))} vs. ${toCount(median(rates.floor))} requests/s`
    return {
      what: name,
      on: store.kind,
      value: median(ratios),
      unit: 'of the floor',
      bar: { atLeast: 0.6 },
      note,
    }
  }
  try {
    const figures = [await measure('GET one task', get, scale.rounds)]
    figures.push(await measure('PATCH complete', patch, floor === null ? 1 : scale.rounds))
    const { now, peak } = app.memory()
    const bar = floor === null ? {} : { bar: { atMost: 180 } }
    figures.push({
      what: 'memory under load, peak',
      on: store.kind,
      value: peak,
      unit: 'MB',
      ...bar,
      note: `${Math.round(now)} MB afterward`,
    })
    return figures
  } finally {
    await loader.stop()
    await floor?.stop()
    await app.stop()
  }
}

function paths(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `/api/tasks/RUN-${1 + index}`)
}

function toCount(rate: number): string {
  return Math.round(rate).toLocaleString('en')
}
