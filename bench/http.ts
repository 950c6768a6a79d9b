import { users } from '../src/db/schema.ts'
import { startApp } from './app-process.ts'
import { addToken, bind, within } from './board.ts'
import { startChild } from './child.ts'
import type { Figure } from './figures.ts'
import { floorVariants, variantHeader } from './floor-complete.ts'
import { type Load, startLoader } from './load.ts'
import type { Scale } from './scale.ts'
import { resetPool } from './seed.ts'
import { type Measured, measureSides, type Rounds, type Side, toRate, toRatio } from './sides.ts'
import type { BenchStore } from './store.ts'

const connections = 10
const summary = 'Moved the redirect into the middleware and covered it by a test.'
const complete = JSON.stringify({ lifecycle_action: 'complete', result: { summary, tests: 'pass' } })
const bars = {
  'GET one task': { ofFloor: 0.75, embedded: 400 },
  'PATCH complete': { ofFloor: 1, embedded: 150 },
}

/**
 * Measures GET task and PATCH complete: requests per second and CPU time per request. On Postgres, the floor takes turns with the
 * product on the same database; only one process can open an embedded one.
 */
export async function measureHttp(
  store: BenchStore,
  telegram: { readonly env: Readonly<Record<string, string>>; readonly userId: number },
  scale: Scale,
): Promise<Figure[]> {
  const { token, ownerId, eventsFor } = await within(store, async (database) => {
    await resetPool(database.db)
    await bind(database, telegram.userId)
    const token = await addToken(database)
    const [nobody] = await database.db.insert(users).values({ email: 'floor@example.com' }).returning()
    return { token, ownerId: database.ownerId, eventsFor: nobody?.id }
  })
  const app = await startApp({ ...store.env, ...telegram.env })
  const floor =
    store.url === null
      ? null
      : await startChild<string>('./floor-process.ts', { url: store.url, ownerId, eventsFor })
  const loader = await startLoader()
  const common = { connections, headers: { authorization: `Bearer ${token}` }, seconds: scale.loadSeconds }
  const get: Rounds = {
    count: scale.rounds,
    run: loader.run,
    database: store.url === null ? null : new URL(store.url).pathname.slice(1),
    loadOf: () => ({ ...common, method: 'GET', paths: toPaths(1, 1_000), cycle: true }),
  }
  const patchLoad = (paths: readonly string[]): Omit<Load, 'origin'> => ({
    ...common,
    method: 'PATCH',
    paths,
    cycle: false,
    body: complete,
  })
  const product = { name: 'preqbot', origin: app.url, pid: app.pid }
  try {
    const figures: Figure[] = []
    if (floor === null) {
      // The pool can't be reset while the app has the database open, so each round has its own part of it.
      const share = Math.floor(scale.pool / (scale.rounds + 1))
      const patch = { ...get, loadOf: (round: number) => patchLoad(toPaths(1 + round * share, share)) }
      figures.push(...toFigures(store, 'GET one task', await measureSides([product], get)))
      figures.push(...toFigures(store, 'PATCH complete', await measureSides([product], patch)))
    } else {
      const side = { name: 'floor', origin: floor.first, pid: floor.pid }
      const variants = floorVariants.map(
        (variant): Side => ({ ...side, name: `floor, ${variant}`, headers: { [variantHeader]: variant } }),
      )
      const patch = {
        ...get,
        prepare: () => within(store, ({ db }) => resetPool(db)),
        loadOf: () => patchLoad(toPaths(1, scale.pool)),
      }
      figures.push(...toFigures(store, 'GET one task', await measureSides([product, side], get)))
      figures.push(...toFigures(store, 'PATCH complete', await measureSides([product, ...variants], patch)))
    }
    const { now, peak } = app.memory()
    figures.push({
      what: 'memory under load, peak',
      on: store.kind,
      value: peak,
      unit: 'MB',
      ...(floor === null ? {} : { bar: { atMost: 180 } }),
      note: `${Math.round(now)} MB afterward`,
    })
    return figures
  } finally {
    await loader.stop()
    await floor?.stop()
    await app.stop()
  }
}

/** The first side is the product, the second one the floor that its limit refers to. */
function toFigures(
  { kind: on }: BenchStore,
  name: keyof typeof bars,
  [product, floor, ...others]: readonly Measured[],
): Figure[] {
  if (product === undefined) throw new Error('nothing was measured')
  const { ofFloor, embedded } = bars[name]
  const what = `${name}, ${connections} connections`
  if (floor === undefined) return [toRate({ what, on, bar: { atLeast: embedded } }, product)]
  return [
    toRatio({ what, on, bar: { atLeast: ofFloor } }, product, floor),
    ...[product, floor, ...others].map((side) => toRate({ what: `${name}: ${side.name}`, on }, side)),
  ]
}

function toPaths(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `/api/tasks/RUN-${from + index}`)
}
