import { isDeepStrictEqual } from 'node:util'
import { and, eq } from 'drizzle-orm'
import { type RunUsage, runners, runs, tasks } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import { outsideRun } from '../../access/rights.ts'
import type { Change } from '../../core/commit/commit.ts'
import { update, versionOf, type Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { parse } from '../../core/parse.ts'
import { limitRows, type ReachedLimit } from '../../runs/engine-limits.ts'
import { exitedAt } from '../../runs/runners.ts'
import { decideEdit } from '../edit/decide-edit.ts'
import { readEditState } from '../edit/edit-state.ts'
import { TaskEdit } from '../schemas.ts'
import { runOf } from '../task.ts'
import { type DescribeLoss, loseRun } from './lose-run.ts'

/** What a runner or its agent reports about a run. */
export interface RunReport {
  /** The agent's own session. */
  readonly session?: string | undefined
  readonly usage?: RunUsage | undefined
  /** How many files it has changed. */
  readonly files?: number | undefined
  /** The branch or commit that its branch starts from. */
  readonly base?: string | undefined
  /** The process has ended: by itself, because it was lost, or because the runner stopped it. */
  readonly outcome?: 'exited' | 'lost' | 'stopped' | undefined
  /** The agent has reached a usage limit. */
  readonly limit?: ReachedLimit | undefined
}

/** A run with its task's key; null if the task is deleted. */
export type ReportedRun = typeof runs.$inferSelect & { readonly taskKey: string | null }

interface Found {
  readonly run: ReportedRun
  readonly version: string
}

/**
 * Records what a runner reports about a run of it. A lost run ends at once; a usage limit ends it and queues its task again. Throws
 * `not-found`, and `forbidden` for the token of another run.
 */
export async function reportRun(
  ctx: Ctx,
  id: string,
  { describe, ...report }: RunReport & { readonly describe: DescribeLoss },
): Promise<ReportedRun> {
  const { actor } = ctx
  if (actor.kind === 'agent' && actor.run !== undefined && (actor.run.id !== id || report.outcome === 'lost'))
    throw outsideRun(actor.run)
  await ctx.commit((db) => record(ctx, db, id, report))
  if (report.outcome === 'lost') await loseRun(ctx, id, describe)
  return (await requireRun(ctx, ctx.db, id)).run
}

async function record(ctx: Ctx, db: Reader, id: string, report: RunReport): Promise<Change<void>> {
  const { run, version } = await requireRun(ctx, db, id)
  const { session, usage, files, base, outcome, limit } = report
  const now = ctx.now()
  const set = {
    ...(session === undefined ? {} : { agentSession: session }),
    ...(usage === undefined || isDeepStrictEqual(usage, run.usage) ? {} : { usage, reportedAt: now }),
    ...(files === undefined || files === run.files ? {} : { files, reportedAt: now }),
    ...(base === undefined || base === run.base ? {} : { base, reportedAt: now }),
    ...(outcome === undefined || run.exitedAt !== null ? {} : exitedAt(run, now)),
  }
  const own = Object.keys(set).length === 0 ? [] : [update(runs, { key: { id }, version, set })]
  const rows =
    limit === undefined ? own : [...own, ...(await limitRows(db, run.runnerId ?? '', [limit], now))]
  const isLimited = limit !== undefined && run.endedAt === null && run.taskId !== null
  return isLimited ? queueAgain(ctx, db, run, rows) : { unchanged: true, result: undefined, rows }
}

/** Ends a run whose engine has reached its limit: the task waits in the queue until the limit ends. */
async function queueAgain(
  ctx: Ctx,
  db: Reader,
  { id, taskId }: ReportedRun,
  rows: readonly Write[],
): Promise<Change<void>> {
  const edit = parse(TaskEdit, { runState: 'queued', withoutAnswer: true, ends: 'limited' })
  const state = await readEditState(ctx, db, taskId ?? '', edit)
  if (runOf(state.task)?.id !== id) return { unchanged: true, result: undefined, rows }
  const change = decideEdit(ctx, state, edit)
  return { ...change, rows: [...rows, ...(change.rows ?? [])], result: undefined }
}

/** Finds a run of one of the agent's runners. Throws `not-found`. */
async function requireRun({ actor }: Ctx, db: Reader, id: string): Promise<Found> {
  const [found] = await db
    .select({ run: runs, version: versionOf(runs), taskKey: tasks.taskKey })
    .from(runs)
    .innerJoin(runners, eq(runners.id, runs.runnerId))
    .leftJoin(tasks, eq(tasks.id, runs.taskId))
    .where(and(eq(runs.id, id), eq(runners.tokenId, actor.kind === 'agent' ? actor.tokenId : '')))
  if (found === undefined) throw new DomainError('not-found', 'Your token has no such run.')
  return { run: { ...found.run, taskKey: found.taskKey }, version: found.version }
}
