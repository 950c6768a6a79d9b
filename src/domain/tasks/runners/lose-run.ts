import { and, eq, isNull, lte } from 'drizzle-orm'
import { type Engine, runs, tasks } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { Change } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import { secondMs } from '../../core/durations.ts'
import { parse } from '../../core/parse.ts'
import type { Scope } from '../../core/scope.ts'
import { lostQuestion } from '../../questions/new-question.ts'
import { leaseMs } from '../../runs/runners.ts'
import { decideEdit } from '../edit/decide-edit.ts'
import { readEditState } from '../edit/edit-state.ts'
import { returnOf } from '../edit/plan/plan-question.ts'
import { TaskEdit } from '../schemas.ts'
import { runOf } from '../task.ts'

/** A run whose runner no longer knows of its process. */
export interface LostRun {
  readonly engine: Engine | null
  readonly runner: string | null
  readonly startedAt: Date
  /** When its process was last known to be alive. */
  readonly aliveAt: Date
}

/** Describes a loss to the owner, in one sentence. */
export type DescribeLoss = (lost: LostRun) => string

/** Ends a lost run. Its task goes on hold with a question: nothing starts again by itself. A run that has ended stays as it is. */
export async function loseRun(ctx: Ctx, id: string, describe: DescribeLoss): Promise<void> {
  await ctx.commit(async (db): Promise<Change<void>> => {
    const nothing = { unchanged: true, result: undefined } as const
    const found = await findOpenRun(db, id)
    if (found === null) return nothing
    const { taskId } = found
    const state = await readEditState(ctx, db, taskId, parse(TaskEdit, { status: 'hold' }))
    const run = runOf(state.task)
    if (run?.id !== id) return nothing
    const { engine, since: startedAt, heartbeatAt } = run
    const lost = { engine, startedAt, runner: run.runner?.name ?? null, aliveAt: heartbeatAt ?? startedAt }
    const asks = lostQuestion({
      text: describe(lost),
      isSecond: await wasLost(db, taskId, run.attempt - 1),
      engine,
      returnsTo: returnOf(state.task),
    })
    const edit = parse(TaskEdit, { status: 'hold', runState: null, ends: 'lost', asks })
    return { ...decideEdit(ctx, state, edit), result: undefined }
  })
}

async function findOpenRun(db: Reader, id: string): Promise<{ readonly taskId: string } | null> {
  const [found] = await db
    .select({ taskId: runs.taskId })
    .from(runs)
    .where(and(eq(runs.id, id), isNull(runs.endedAt)))
  return found?.taskId == null ? null : { taskId: found.taskId }
}

/** Tests whether the runner lost this attempt at a task. */
async function wasLost(db: Reader, taskId: string, attempt: number): Promise<boolean> {
  const [found] = await db
    .select({ outcome: runs.outcome })
    .from(runs)
    .where(and(eq(runs.taskId, taskId), eq(runs.attempt, attempt)))
  return found?.outcome === 'lost'
}

// A report may cross the answer of a claim; it can't come this much later and not know of the run.
const unknownMs = 30 * secondMs

/** Ends the runs that their runner's report leaves out, e.g., because the runner was killed before it saved them. */
export async function loseUnknownRuns(
  ctx: Ctx,
  { runnerId, alive }: { readonly runnerId: string; readonly alive: readonly string[] },
  describe: DescribeLoss,
): Promise<void> {
  const before = new Date(ctx.now().getTime() - unknownMs)
  const found = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.runnerId, runnerId), isNull(runs.endedAt), lte(runs.heartbeatAt, before)))
  for (const { id } of found) if (!alive.includes(id)) await loseRun(ctx, id, describe)
}

/**
 * Lists the open runs whose lease is over: their runner hasn't reported them for 90 seconds. The time before `since` doesn't count,
 * because nobody could hear a runner while the board was down.
 */
export async function findOverdueRuns(
  { db, ownerId }: Scope,
  { now, since }: { readonly now: Date; readonly since: Date },
): Promise<string[]> {
  const over = new Date(now.getTime() - leaseMs)
  if (since > over) return []
  // Only runs of runners have heartbeats.
  const found = await db
    .select({ id: runs.id })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .where(
      and(
        eq(runs.ownerId, ownerId),
        isNull(runs.endedAt),
        eq(tasks.runState, 'running'),
        lte(runs.heartbeatAt, over),
      ),
    )
  return found.map(({ id }) => id)
}
