import { and, asc, desc, eq, inArray, isNull, not, or, type SQL, sql } from 'drizzle-orm'
import { projects, type RunState, runs, taskLabelAssignments, taskLabels, tasks } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { requireProjectRight } from '../access/rights.ts'
import { engineOfActor } from '../core/actor.ts'
import type { Change, Recorded } from '../core/commit/commit.ts'
import { versionOf } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import type { Engine, TaskStatus } from '../core/task-values.ts'
import { requireProject } from '../projects/read.ts'
import { isHeldBy } from '../runs/holder.ts'
import { type RunnerStart, setRunSession, startRun } from '../runs/store.ts'
import { isStopping } from '../sessions/stopping-runs.ts'
import { findDetailForEdit, requireTaskDetail } from './detail.ts'
import type { DetailWithLabels } from './detail-after.ts'
import { snoozeRows } from './edit/snooze.ts'
import { hasQuestion, noSuchTask, type Versioned } from './read.ts'
import { taskAudit } from './snapshot.ts'
import { runOf } from './task.ts'
import { taskUpdate } from './write.ts'

/** What an agent accepts. A task for another engine is never handed out. */
export interface ClaimInput {
  /** Absent: the engine of the agent's token or client, if known. */
  readonly engine?: Engine | undefined
  readonly projectKey?: string | undefined
  readonly label?: string | undefined
  /** `todo`: also tasks that nobody has queued. */
  readonly status?: 'todo' | undefined
  /** Whose open runs are handed out again before new tasks: the session's, the whole token's, or none. */
  readonly resumes?: 'session' | 'token' | 'none'
  /** A task (key or UUID) whose run this session takes over from another session of the token. */
  readonly resume?: string | undefined
}

/** The outcome of a claim. */
export interface Claimed {
  /** Null if nothing matches. */
  readonly task: DetailWithLabels | null
  /** The holder already had this task. */
  readonly isResumed: boolean
}

/** What the agent should do with a claimed task. */
export type Objective = 'plan' | 'implement' | 'review'

export function objectiveOf(status: TaskStatus): Objective {
  if (status === 'inbox') return 'plan'
  return status === 'ready' ? 'review' : 'implement'
}

/**
 * Hands out the agent's open run again, otherwise the first matching queued task, otherwise, on request, the first in todo. Answered
 * and sent-back tasks come first (same token or engine before others), then the task queued longest. A task with an open
 * question waits. Throws `not-found` for an unknown project and for a
 * `resume` that isn't a run of the token.
 */
export async function claimTask(ctx: Ctx, input: ClaimInput): Promise<Claimed> {
  const engine = input.engine ?? engineOfActor(ctx.actor)
  const wanted = and(
    mayClaim(ctx),
    input.projectKey === undefined ? undefined : eq(projects.projectKey, input.projectKey.toUpperCase()),
    input.label === undefined
      ? undefined
      : sql`exists (select from ${taskLabelAssignments} join ${taskLabels} on ${taskLabels.id} = ${taskLabelAssignments.labelId}
          where ${taskLabelAssignments.taskId} = ${tasks.id} and lower(${taskLabels.name}) = lower(${input.label}))`,
  )
  const matches = and(
    wanted,
    isFree(ctx.now()),
    engine === null ? undefined : or(isNull(tasks.engine), eq(tasks.engine, engine)),
  )
  return ctx.commit(async (db): Promise<Change<Claimed>> => {
    const scope = { db, ownerId: ctx.ownerId }
    if (input.resume !== undefined) return resumeRun(ctx, await requireForEdit(scope, input.resume))
    const own = await findOwnRun(ctx, db, input.resumes ?? 'none', wanted)
    if (own !== null) {
      return { unchanged: true, result: { task: await requireTaskDetail(scope, own), isResumed: true } }
    }
    const queued = and(matches, eq(tasks.runState, 'queued'))
    const todo = and(matches, isNull(tasks.runState), eq(tasks.status, 'todo'))
    const found =
      (await findFirst(scope, queued, queueOrder(ctx, engine))) ??
      (input.status === 'todo' ? await findFirst(scope, todo, [asc(tasks.sortOrder)]) : null)
    if (found !== null) return handOut(ctx, found, engine)
    if (input.projectKey !== undefined) await requireProject(scope, input.projectKey)
    return { unchanged: true, result: { task: null, isResumed: false } }
  })
}

/** The condition that a task is on the board and in a project that the agent may use. */
export function mayClaim({ ownerId, actor }: Ctx): SQL | undefined {
  return and(
    eq(tasks.ownerId, ownerId),
    isNull(projects.deletedAt),
    actor.kind === 'agent' && actor.projectKeys
      ? inArray(projects.projectKey, [...actor.projectKeys])
      : undefined,
  )
}

/** The condition that nothing keeps a task from being handed out: no open question, and no agent that is still stopping. */
export function isFree(now: Date): SQL | undefined {
  return and(not(hasQuestion), not(isStopping(now)))
}

async function requireForEdit(scope: Scope, reference: string): Promise<Versioned<DetailWithLabels>> {
  const found = await findDetailForEdit(scope, reference)
  if (found === null) throw noSuchTask(reference)
  return found
}

/** Finds the task of the agent's oldest open run. */
async function findOwnRun(
  { actor }: Ctx,
  db: Reader,
  resumes: 'session' | 'token' | 'none',
  wanted: SQL | undefined,
): Promise<string | null> {
  const session = actor.kind === 'agent' ? (actor.session ?? null) : null
  if (actor.kind !== 'agent' || resumes === 'none' || (resumes === 'session' && session === null)) return null
  const [own] = await db
    .select({ taskId: runs.taskId })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(
      and(
        wanted,
        eq(runs.tokenId, actor.tokenId),
        isNull(runs.runnerId),
        isNull(runs.endedAt),
        eq(tasks.runState, 'running'),
        resumes === 'session'
          ? eq(runs.session, session ?? '')
          : session === null
            ? undefined
            : or(isNull(runs.session), eq(runs.session, session)),
      ),
    )
    .orderBy(asc(runs.startedAt), asc(runs.id))
    .limit(1)
  return own?.taskId ?? null
}

/** Takes over the run of a task that another session of the same token holds. */
function resumeRun(ctx: Ctx, found: Versioned<DetailWithLabels>): Change<Claimed> {
  const { actor } = ctx
  const { task } = found
  const run = runOf(task)
  requireProjectRight(actor, task.project.key)
  if (actor.kind !== 'agent' || run === null || run.tokenId !== actor.tokenId)
    throw new DomainError('not-found', `You hold no run of ${task.key}.`, { resume: task.key })
  const session = actor.session ?? null
  if (isHeldBy(run, actor) && run.session === session)
    return { unchanged: true, result: { task, isResumed: true } }
  const now = ctx.now()
  const resumed = { ...task, runStateUpdatedAt: now, updatedAt: now, lastRun: { ...run, session } }
  return {
    result: { task: resumed, isResumed: true },
    rows: [setRunSession(run.id, session), taskUpdate(found, resumed)],
    events: [
      {
        type: 'TASK_UPDATED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { changedFields: ['run_state_updated_at'], title: task.title },
      },
    ],
    audit: [taskAudit('task.resume', task, resumed)],
  }
}

/** Selects a column of a task's newest run. */
export const lastRun = (column: SQL) =>
  sql`(select ${column} from ${runs} where ${runs.taskId} = ${tasks.id} order by ${runs.startedAt} desc, ${runs.id} desc limit 1)`

/** The order in which queued tasks are handed out. */
export function queueOrder({ actor }: Ctx, engine: Engine | null): SQL[] {
  // After a question, a plan, a result or a loss, a task is queued again only when the owner has reacted.
  const isAnswered = lastRun(sql`${runs.outcome} in ('blocked', 'planned', 'completed', 'lost')`)
  const tokenId = actor.kind === 'agent' ? actor.tokenId : null
  const isOwn = lastRun(
    sql`coalesce(${runs.tokenId} = ${tokenId}::uuid, false) or coalesce(${runs.engine} = ${engine}::text, false)`,
  )
  return [
    desc(sql`coalesce(${isAnswered}, false)`),
    desc(sql`coalesce(${isAnswered} and ${isOwn}, false)`),
    asc(tasks.runStateUpdatedAt),
    asc(tasks.sortOrder),
  ]
}

// Rows that another claim is taking at this moment are skipped, so claims that race get different ones. If only such rows match, it
// waits for the first: a change that is about to commit must not make a claim find nothing. A row that no longer matches after the
// wait is left out of the answer, so it looks again as long as any row matches.
async function pick(db: Reader, condition: SQL | undefined, order: readonly SQL[]): Promise<Picked | null> {
  const matching = () =>
    db
      .select({ id: tasks.id, version: versionOf(tasks) })
      .from(tasks)
      .innerJoin(projects, eq(projects.id, tasks.projectId))
      .where(condition)
      .orderBy(...order)
      .limit(1)
  for (;;) {
    const [free] = await matching().for('no key update', { of: tasks, skipLocked: true })
    if (free !== undefined) return free
    const [locked] = await matching()
    if (locked === undefined) return null
    const [awaited] = await matching().for('no key update', { of: tasks })
    if (awaited !== undefined) return awaited
  }
}

interface Picked {
  readonly id: string
  readonly version: string
}

/** Reads the first matching task as it was when it matched. */
export async function findFirst(
  scope: Scope,
  condition: SQL | undefined,
  order: readonly SQL[],
): Promise<Versioned<DetailWithLabels> | null> {
  for (;;) {
    const picked = await pick(scope.db, condition, order)
    if (picked === null) return null
    const found = await findDetailForEdit(scope, picked.id)
    if (found?.version === picked.version) return found
  }
}

/** Starts the agent's run of a task. */
export function handOut(
  ctx: Ctx,
  found: Versioned<DetailWithLabels>,
  engine: Engine | null,
  by?: RunnerStart & { readonly branch: string },
): Recorded<Claimed> {
  const { task: before } = found
  const now = ctx.now()
  const { actor, ownerId } = ctx
  const branch = by?.branch ?? before.branch
  const claimed = { ...before, branch }
  const { run, rows } = startRun({ ownerId, task: claimed, actor, engine: engine ?? before.engine, now, by })
  const task: DetailWithLabels = {
    ...claimed,
    runState: 'running',
    runStateUpdatedAt: now,
    lastRun: run,
    snoozedUntil: null,
    updatedAt: now,
  }
  const runState: { from: RunState | null; to: RunState } = { from: before.runState, to: 'running' }
  return {
    result: { task, isResumed: false },
    rows: [
      taskUpdate(found, task),
      ...rows,
      ...(before.snoozedUntil === null ? [] : snoozeRows(before.id, null)),
    ],
    events: [
      {
        type: 'TASK_UPDATED',
        entityId: task.key,
        projectId: task.project.id,
        payload: {
          changedFields: [...(branch === before.branch ? [] : ['branch']), 'run_state'],
          title: task.title,
          runState,
        },
      },
    ],
    audit: [taskAudit('task.claim', before, task)],
  }
}
