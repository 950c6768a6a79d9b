import { setTimeout as delay } from 'node:timers/promises'
import postgres from 'postgres'
import { outboxChannel } from '../src/domain/core/commit/statement.ts'
import { createProject } from '../src/domain/projects/create.ts'
import { type AppProcess, startApp } from './app-process.ts'
import { addToken, bind, ctxOf, within } from './board.ts'
import { type Figure, median, quantile } from './figures.ts'
import { startLoader } from './load.ts'
import type { Scale } from './scale.ts'
import { resetPool } from './seed.ts'
import type { BenchStore } from './store.ts'

const complete = JSON.stringify({ lifecycle_action: 'complete', result: { summary: 'Done.' } })
const connections = 10
const on = 'Postgres'

interface Telegram {
  readonly env: Readonly<Record<string, string>>
  readonly userId: number
}

/** Measures the figures of docs/operations.md on scaling: several processes on one Postgres, the outbox lock, wakeups, failover. */
export async function measureGrowth(store: BenchStore, telegram: Telegram, scale: Scale): Promise<Figure[]> {
  if (store.url === null) return []
  return [
    ...(await measureProcesses(store, telegram, scale)),
    ...(await measureLock(store.url, scale)),
    await measureWaking(store, scale),
    ...(await measureTakeOver(store, telegram, scale)),
  ]
}

async function measureProcesses(store: BenchStore, telegram: Telegram, scale: Scale): Promise<Figure[]> {
  const token = await within(store, async (database) => {
    await bind(database, telegram.userId)
    return addToken(database)
  })
  const figures: Figure[] = []
  for (const count of [1, 2, 4]) {
    const apps: AppProcess[] = []
    const loaders: Awaited<ReturnType<typeof startLoader>>[] = []
    try {
      for (let index = 0; index < count; index += 1) {
        apps.push(await startApp({ ...store.env, ...telegram.env }))
        loaders.push(await startLoader())
      }
      const rates: number[] = []
      // The first round is a warm-up.
      for (let round = -1; round < scale.rounds; round += 1) {
        await within(store, ({ db }) => resetPool(db))
        const results = await Promise.all(
          apps.map((app, index) =>
            loaders[index]?.run({
              origin: app.url,
              connections: Math.ceil(connections / count),
              seconds: scale.loadSeconds,
              method: 'PATCH',
              paths: share(scale.pool, index, count),
              cycle: false,
              headers: { authorization: `Bearer ${token}` },
              body: complete,
            }),
          ),
        )
        if (round >= 0) rates.push(results.reduce((sum, result) => sum + (result?.perSecond ?? 0), 0))
      }
      const what = `PATCH complete, ${count === 1 ? 'one process' : `${count} processes`}`
      figures.push({ on, what, value: median(rates), unit: 'requests/s' })
    } finally {
      for (const { stop } of [...loaders, ...apps]) await stop()
    }
  }
  return figures
}

const share = (pool: number, index: number, count: number) =>
  Array.from({ length: Math.floor(pool / count) }, (_, n) => `/api/tasks/RUN-${1 + index + n * count}`)

/** Measures the cost of the outbox lock: ten connections on one outbox, and ten with one each. */
async function measureLock(url: string, scale: Scale): Promise<Figure[]> {
  const sql = postgres(url, { max: connections, onnotice: () => {} })
  try {
    const rates = { one: [] as number[], own: [] as number[] }
    for (let round = -1; round < scale.rounds; round += 1) {
      for (const kind of ['one', 'own'] as const) {
        const end = performance.now() + scale.loadSeconds * 1_000
        let done = 0
        const append = async (_: unknown, index: number) => {
          while (performance.now() < end) {
            await sql.begin((tx) => [
              tx`select pg_advisory_xact_lock(${kind === 'one' ? 0 : index})`,
              tx`insert into events_outbox (owner_id, event_type, entity_type, entity_id)
                select id, 'TASK_UPDATED', 'task', 'RUN-1' from users`,
            ])
            done += 1
          }
        }
        await Promise.all(Array.from({ length: connections }, append))
        if (round >= 0) rates[kind].push(done / scale.loadSeconds)
      }
    }
    return [
      { on, what: 'appends to one outbox, 10 connections', value: median(rates.one), unit: 'transactions/s' },
      {
        on,
        what: 'appends to ten outboxes, 10 connections',
        value: median(rates.own),
        unit: 'transactions/s',
      },
    ]
  } finally {
    await sql.end()
  }
}

/** Measures the time from calling a verb until another process is notified of its commit. */
async function measureWaking(store: BenchStore, scale: Scale): Promise<Figure> {
  return within(store, (writing) =>
    within(store, async (listening) => {
      let heard = () => {}
      await listening.listen(outboxChannel, () => heard())
      const ctx = ctxOf(writing)
      const times: number[] = []
      for (let sample = 0; sample < scale.samples; sample += 1) {
        const rung = new Promise<void>((resolve) => {
          heard = resolve
        })
        const began = performance.now()
        await createProject(ctx, { key: `N${sample}`, name: 'News' })
        await rung
        times.push(performance.now() - began)
      }
      return {
        on,
        what: 'change committed → another process notified, p95',
        value: quantile(times, 0.95),
        unit: 'ms',
        note: `median ${median(times).toFixed(1)} ms`,
      }
    }),
  )
}

async function measureTakeOver(store: BenchStore, telegram: Telegram, scale: Scale): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [what, signal] of [
    ['leader stopped → another process leads', 'SIGTERM'],
    ['leader killed → another process leads', 'SIGKILL'],
  ] as const) {
    const times: number[] = []
    for (let round = 0; round < scale.rounds; round += 1) {
      const first = await startApp({ ...store.env, ...telegram.env })
      await until(first, true)
      const second = await startApp({ ...store.env, ...telegram.env })
      try {
        const began = performance.now()
        process.kill(first.pid, signal)
        await until(second, true)
        times.push((performance.now() - began) / 1_000)
      } finally {
        await first.stop()
        await second.stop()
      }
    }
    figures.push({
      on,
      what,
      value: median(times),
      unit: 's',
      note: `maximum ${Math.max(...times).toFixed(1)} s`,
    })
  }
  return figures
}

async function until(app: AppProcess, leads: boolean): Promise<void> {
  for (;;) {
    const { checks } = (await (await fetch(`${app.url}/api/health`)).json()) as {
      checks: { leader: boolean }
    }
    if (checks.leader === leads) return
    await delay(20)
  }
}
