import { createCtx } from '../domain/core/context.ts'
import { isOnline, limitsAt, listRunners, type RunnerFacts } from '../domain/runs/runner-list.ts'
import { listTasks } from '../domain/tasks/lists/list.ts'
import { findOverdueRuns, loseRun } from '../domain/tasks/runners/lose-run.ts'
import { changeState, readState } from '../telegram/store/bot-state.ts'
import { markCardsStale } from '../telegram/store/messages/living-cards.ts'
import { lostText } from '../view/tasks/runs/run-texts.ts'
import { type JobsDeps, readBound, type TimedWork } from './job.ts'

const maxCards = 50

/** Ends runs whose runners are gone, and updates the cards of queued tasks when what runners can take has changed. */
export const leasesJob: TimedWork = { name: 'leases', run: watchRunners }

async function watchRunners(deps: JobsDeps): Promise<void> {
  const { store, ownerId, now: clock, since = new Date(0) } = deps
  const now = clock()
  const ctx = createCtx({ db: store, ownerId, actor: { kind: 'system' }, now: clock })
  for (const id of await findOverdueRuns({ db: store, ownerId }, { now, since }))
    await loseRun(ctx, id, lostText)
  await updateQueuedCards(deps, now)
}

async function updateQueuedCards({ store, ownerId }: JobsDeps, now: Date): Promise<void> {
  const scope = { db: store, ownerId }
  const state = (await listRunners(scope, now)).map((runner) => stateOf(runner, now)).join('\n')
  if (((await readState<string>(store, 'runners_shown')) ?? '') === state) return
  await changeState<string>(store, 'runners_shown', now, async (tx, shown = '') => {
    if (shown === state) return undefined
    const settings = await readBound({ ...scope, db: tx })
    if (settings === null) return undefined
    const queued = await listTasks({ ...scope, db: tx }, { runState: 'queued' }, { limit: maxCards })
    const ids = queued.map(({ id }) => id)
    await markCardsStale(tx, settings.chatId, ids, now)
    return state
  })
}

/** Returns what the cards of queued tasks depend on. */
function stateOf(runner: RunnerFacts, now: Date): string {
  const { id, engines, projects, busy, max } = runner
  const limits = limitsAt(runner, now).map(({ engine, until }) => `${engine} ${until.toISOString()}`)
  return JSON.stringify([id, isOnline(runner, now), busy >= max, engines, projects, limits])
}
