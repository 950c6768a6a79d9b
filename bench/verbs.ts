import { sql } from 'drizzle-orm'
import type { Database } from '../src/db/types.ts'
import { createToken } from '../src/domain/access/tokens.ts'
import { claimTask } from '../src/domain/tasks/claim.ts'
import { readDetail } from '../src/domain/tasks/detail.ts'
import { editTask } from '../src/domain/tasks/edit/edit.ts'
import { readBoard } from '../src/domain/tasks/lists/lanes.ts'
import { listTasks } from '../src/domain/tasks/lists/list.ts'
import { search } from '../src/domain/tasks/lists/search.ts'
import { nextInInbox } from '../src/domain/tasks/lists/triage.ts'
import { ctxOf, within } from './board.ts'
import { type Figure, median, quantile, timed } from './figures.ts'
import type { Scale } from './scale.ts'
import { seedClosed, seedHistory } from './seed.ts'
import type { BenchStore } from './store.ts'

type Open = Database & { readonly ownerId: string }
type Times = Readonly<Record<string, readonly number[]>>

/** Measures verbs on a board of 300 open tasks, with few and with many closed ones; leaves the store with many. */
export async function measureVerbs(store: BenchStore, scale: Scale): Promise<Figure[]> {
  return within(store, async (database) => {
    const { db, ownerId } = database
    await seedClosed(db, ownerId, 301, scale.closedFew)
    const few = await timeVerbs(database, scale.samples)
    await seedClosed(db, ownerId, 301 + scale.closedFew, scale.closedMany - scale.closedFew)
    await seedHistory(db, ownerId, { closed: scale.closedMany, logs: scale.logs, events: scale.events })
    const many = await timeVerbs(database, scale.samples)
    const tasks = (closed: number) => (300 + closed).toLocaleString('en')
    return Object.entries(many).flatMap(([what, times]): Figure[] => [
      {
        what: `${what}, p95`,
        on: store.kind,
        value: quantile(times, 0.95),
        unit: 'ms',
        bar: { atMost: 50 },
        note: `${tasks(scale.closedMany)} tasks`,
      },
      {
        what: `${what}, ${tasks(scale.closedMany)} vs. ${tasks(scale.closedFew)} tasks`,
        on: store.kind,
        value: median(times) / median(few[what] ?? []),
        unit: '×',
        bar: { atMost: 1.5 },
        note: `${median(times).toFixed(1)} vs. ${median(few[what] ?? []).toFixed(1)} ms`,
      },
    ])
  })
}

/** Times the verbs in turns, so a slow moment of the machine affects all of them. */
async function timeVerbs(database: Open, samples: number): Promise<Times> {
  const { db, ownerId } = database
  const scope = { db, ownerId }
  const owner = ctxOf(database)
  const { row } = await createToken(owner, { name: 'bench' })
  const agent = ctxOf(database, { kind: 'agent', tokenId: row.id, name: row.name })
  const priorities = ['high', 'low'] as const
  const verbs: Readonly<Record<string, (round: number) => Promise<unknown>>> = {
    'list of open tasks': () =>
      listTasks(scope, { statuses: ['inbox', 'todo', 'hold', 'ready'] }, { limit: 50 }),
    search: () => search(scope, 'search index', { limit: 8 }),
    board: () => readBoard(scope, { cards: 5 }),
    'triage step': async (round) => {
      const task = await nextInInbox(scope, [])
      if (task === null) throw new Error('the inbox is empty')
      await editTask(owner, task.id, { priority: priorities[round % 2] })
      await readDetail(scope, task)
    },
    claim: () => claimTask(agent, { status: 'todo' }),
  }
  const warmUp = Math.ceil(samples / 5)
  const times: Record<string, number[]> = {}
  for (let round = 0; round < warmUp + samples; round += 1) {
    for (const [name, verb] of Object.entries(verbs)) {
      const ms = await timed(() => verb(round))
      if (round >= warmUp) times[name] = [...(times[name] ?? []), ms]
    }
    await db.execute(
      sql`update tasks set run_state = null, run_state_updated_at = null where run_state is not null`,
    )
  }
  return times
}
