import { and, asc, desc, eq, inArray, isNull, not, or, type SQL, sql } from 'drizzle-orm'
import { projects, type RunState, runs, taskLabelAssignments, taskLabels, tasks } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import { engineOfActor } from '../core/actor.ts'
import type { Change, Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { Engine, TaskStatus } from '../core/task-values.ts'
import { requireProject } from '../projects/read.ts'
import { isHeldBy } from '../runs/holder.ts'
import { setRunSession, startRun } from '../runs/store.ts'
import { writeSnooze } from './edit/snooze.ts'
import { lockTask } from './lock.ts'
import { hasQuestion, requireTask } from './read.ts'
import { taskAudit } from './snapshot.ts'
import { runOf, type Task } from './task.ts'
import { writeTask } from './write.ts'

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
  readonly task: Task | null
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
  const { actor } = ctx
  const wanted = and(
    eq(tasks.ownerId, ctx.ownerId),
    isNull(projects.deletedAt),
    actor.kind === 'agent' && actor.projectKeys
      ? inArray(projects.projectKey, [...actor.projectKeys])
      : undefined,
    input.projectKey === undefined ? undefined : eq(projects.projectKey, input.projectKey.toUpperCase()),
    input.label === undefined
      ? undefined
      : sql`exists (select from ${taskLabelAssignments} join ${taskLabels} on ${taskLabels.id} = ${taskLabelAssignments.labelId}
          where ${taskLabelAssignments.taskId} = ${tasks.id} and lower(${taskLabels.name}) = lower(${input.label}))`,
  )
  const matches = and(
    wanted,
    not(hasQuestion),
    engine === null ? undefined : or(isNull(tasks.engine), eq(tasks.engine, engine)),
  )
  return ctx.mutate(async (tx): Promise<Change<Claimed>> => {
    if (input.resume !== undefined) return resumeRun(ctx, tx, input.resume)
    const own = await findOwnRun(ctx, tx, input.resumes ?? 'none', wanted)
    if (own !== null) return { unchanged: true, result: { task: own, isResumed: true } }
    const queued = and(matches, eq(tasks.runState, 'queued'))
    const todo = and(matches, isNull(tasks.runState), eq(tasks.status, 'todo'))
    const id =
      (await pick(tx, queued, queueOrder(ctx, engine))) ??
      (input.status === 'todo' ? await pick(tx, todo, [asc(tasks.sortOrder)]) : null)
    if (id !== null) return handOut(ctx, tx, id, engine)
    if (input.projectKey !== undefined)
      await requireProject({ db: tx, ownerId: ctx.ownerId }, input.projectKey)
    return { unchanged: true, result: { task: null, isResumed: false } }
  })
}

/** Finds the agent's oldest open run. */
async function findOwnRun(
  { actor, ownerId }: Ctx,
  tx: Tx,
  resumes: 'session' | 'token' | 'none',
  wanted: SQL | undefined,
): Promise<Task | null> {
  const session = actor.kind === 'agent' ? (actor.session ?? null) : null
  if (actor.kind !== 'agent' || resumes === 'none' || (resumes === 'session' && session === null)) return null
  const [own] = await tx
    .select({ taskId: runs.taskId })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(
      and(
        wanted,
        eq(runs.tokenId, actor.tokenId),
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
  return own?.taskId ? requireTask({ db: tx, ownerId }, own.taskId) : null
}

/** Takes over the run of a task that another session of the same token holds. */
async function resumeRun(ctx: Ctx, tx: Tx, reference: string): Promise<Change<Claimed>> {
  const task = await lockTask(ctx, tx, reference)
  const { actor } = ctx
  const run = runOf(task)
  if (actor.kind !== 'agent' || run === null || run.tokenId !== actor.tokenId)
    throw new DomainError('not-found', `You hold no run of ${task.key}.`, { resume: task.key })
  if (isHeldBy(run, actor) && run.session === (actor.session ?? null))
    return { unchanged: true, result: { task, isResumed: true } }
  const now = ctx.now()
  await setRunSession(tx, run.id, actor.session ?? null)
  const resumed: Task = {
    ...task,
    runStateUpdatedAt: now,
    updatedAt: now,
    lastRun: { ...run, session: actor.session ?? null },
  }
  await writeTask(tx, resumed)
  return {
    result: { task: resumed, isResumed: true },
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

/** Lists the open runs of the agent's token, oldest first; at most 50. */
export async function listOwnRuns({
  actor,
  ownerId,
  db,
}: Ctx): Promise<{ readonly key: string; readonly since: Date; readonly session: string | null }[]> {
  if (actor.kind !== 'agent') return []
  return db
    .select({ key: tasks.taskKey, since: runs.startedAt, session: runs.session })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .where(
      and(
        eq(tasks.ownerId, ownerId),
        eq(runs.tokenId, actor.tokenId),
        isNull(runs.endedAt),
        eq(tasks.runState, 'running'),
      ),
    )
    .orderBy(asc(runs.startedAt), asc(runs.id))
    .limit(50)
}

/** Returns the keys of tasks held by other sessions of the agent's token, or by the token without a session. */
export async function heldByToken(ctx: Ctx): Promise<string[]> {
  const session = ctx.actor.kind === 'agent' ? (ctx.actor.session ?? null) : null
  const held = await listOwnRuns(ctx)
  return held.filter((run) => session === null || run.session !== session).map(({ key }) => key)
}

const lastRun = (column: SQL) =>
  sql`(select ${column} from ${runs} where ${runs.taskId} = ${tasks.id} order by ${runs.startedAt} desc, ${runs.id} desc limit 1)`

function queueOrder({ actor }: Ctx, engine: Engine | null): SQL[] {
  // After a question, a plan or a result, a task is queued again only when the owner has reacted.
  const isAnswered = lastRun(sql`${runs.outcome} in ('blocked', 'planned', 'completed')`)
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

// Rows locked by another transaction are skipped, so two agents never get the same one. If only locked rows match, it waits for
// the first: a change that is about to commit must not make a claim find nothing.
async function pick(tx: Tx, condition: SQL | undefined, order: readonly SQL[]): Promise<string | null> {
  const matching = () =>
    tx
      .select({ id: tasks.id })
      .from(tasks)
      .innerJoin(projects, eq(projects.id, tasks.projectId))
      .where(condition)
      .orderBy(...order)
      .limit(1)
  const [free] = await matching().for('no key update', { of: tasks, skipLocked: true })
  if (free !== undefined) return free.id
  const [awaited] = await matching().for('no key update', { of: tasks })
  return awaited?.id ?? null
}

async function handOut(ctx: Ctx, tx: Tx, id: string, engine: Engine | null): Promise<Change<Claimed>> {
  const before = await requireTask({ db: tx, ownerId: ctx.ownerId }, id)
  const now = ctx.now()
  const acting = engine ?? before.engine
  const { actor, ownerId } = ctx
  const runId = await startRun(tx, { ownerId, task: before, actor, engine: acting, now })
  if (before.snoozedUntil !== null) await writeSnooze(tx, id, null)
  const held =
    actor.kind === 'agent'
      ? { name: actor.name, tokenId: actor.tokenId, session: actor.session ?? null }
      : { name: null, tokenId: null, session: null }
  const task: Task = {
    ...before,
    runState: 'running',
    runStateUpdatedAt: now,
    lastRun: { id: runId, ...held, engine: acting, since: now, outcome: null },
    snoozedUntil: null,
    updatedAt: now,
  }
  const runState: { from: RunState | null; to: RunState } = { from: before.runState, to: 'running' }
  return {
    result: { task, isResumed: false },
    events: [
      {
        type: 'TASK_UPDATED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { changedFields: ['run_state'], title: task.title, runState },
      },
    ],
    audit: [taskAudit('task.claim', before, task)],
    sent: writeTask(tx, task),
  }
}
