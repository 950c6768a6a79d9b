import { and, desc, eq, inArray, isNull, notInArray, or, type SQL, sql } from 'drizzle-orm'
import { projects, runs, tasks } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import { createRunToken } from '../../access/run-tokens.ts'
import type { Change } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import type { Engine } from '../../core/task-values.ts'
import { toProjectSettings } from '../../projects/project-settings.ts'
import { readStoredOf } from '../../projects/stored-settings.ts'
import { pausedEngines } from '../../runs/engine-limits.ts'
import { requireAgent, requireRunner } from '../../runs/runners.ts'
import { findFirst, handOut, isFree, lastRun, mayClaim, queueOrder } from '../claim.ts'
import type { DetailWithLabels } from '../detail-after.ts'
import { branchFor, slugOf } from '../edit/keys.ts'
import type { Task } from '../task.ts'

/** What a runner can start now. */
export interface RunnerClaim {
  readonly runner: string
  /** The preferred one first. */
  readonly engines: readonly Engine[]
  /** The keys of its projects. */
  readonly projects: readonly string[]
}

/** A task for a runner, with the run that it starts. */
export interface ClaimedByRunner {
  readonly task: DetailWithLabels
  readonly run: {
    readonly id: string
    /** Returned only here; the database stores its hash. */
    readonly token: string
    readonly attempt: number
    readonly engine: Engine
    readonly branch: string
    /** Null: the repository's own default branch. */
    readonly base: string | null
    /** The agent's session to resume; null for a new one. */
    readonly session: string | null
  }
}

/**
 * Hands out the first queued task that a runner can start, with a token for its run; null without one. An engine that has reached a
 * usage limit gets nothing. Throws `not-found` for an unknown runner.
 */
export async function claimForRunner(ctx: Ctx, input: RunnerClaim): Promise<ClaimedByRunner | null> {
  const agent = requireAgent(ctx.actor)
  return ctx.commit(async (db): Promise<Change<ClaimedByRunner | null>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const runner = await requireRunner(db, agent, input.runner)
    const paused = await pausedEngines(db, runner.id, ctx.now())
    const free = input.engines.filter((engine) => !paused.includes(engine))
    const matches = and(
      mayClaim(ctx),
      isFree(ctx.now()),
      eq(tasks.runState, 'queued'),
      inArray(projects.projectKey, [...new Set(input.projects.map((key) => key.toUpperCase()))]),
      canStart(free, input.engines),
    )
    const found = free.length === 0 ? null : await findFirst(scope, matches, queueOrder(ctx, null))
    if (found === null) return { unchanged: true, result: null }
    const { task: before } = found
    const engine = engineFor(before, free, input.engines)
    const branch = before.branch || branchFor(before.key, await slugOf(before.title))
    const base = await findBase(db, before.project.id)
    const session = await findAgentSession(db, { taskId: before.id, runnerId: runner.id, engine })
    const { token, hash } = createRunToken()
    const change = handOut(ctx, found, engine, { runner, tokenHash: hash, base, branch })
    const { task } = change.result
    if (task?.lastRun == null) throw new Error('a claimed task has a run')
    const { id, attempt } = task.lastRun
    return { ...change, result: { task, run: { id, token, attempt, engine, branch, base, session } } }
  })
}

// The same rule as `engineFor`, as the condition of a query.
function canStart(free: readonly Engine[], listed: readonly Engine[]): SQL | undefined {
  const last = lastRun(sql`${runs.engine}`)
  return or(
    inArray(tasks.engine, [...free]),
    and(isNull(tasks.engine), or(isNull(last), inArray(last, [...free]), notInArray(last, [...listed]))),
  )
}

/** Returns the engine to start: the task's, else that of its last run, else the first one that is free. */
function engineFor(
  { engine, lastRun: last }: Task,
  free: readonly Engine[],
  listed: readonly Engine[],
): Engine {
  const wanted = engine ?? (last?.engine && listed.includes(last.engine) ? last.engine : free[0])
  if (wanted === undefined) throw new Error('a claim has a free engine')
  return wanted
}

/** Returns a project's default branch; null if the owner has set none. */
async function findBase(db: Reader, projectId: string): Promise<string | null> {
  const stored = await readStoredOf(db, projectId)
  return stored.deploy_default_branch === undefined ? null : toProjectSettings(stored).deploy_default_branch
}

/** Finds the session of the agent's last run of a task on this runner, to go on with it. */
async function findAgentSession(
  db: Reader,
  {
    taskId,
    runnerId,
    engine,
  }: { readonly taskId: string; readonly runnerId: string; readonly engine: Engine },
): Promise<string | null> {
  const [last] = await db
    .select({ session: runs.agentSession })
    .from(runs)
    .where(and(eq(runs.taskId, taskId), eq(runs.runnerId, runnerId), eq(runs.engine, engine)))
    .orderBy(desc(runs.startedAt), desc(runs.id))
    .limit(1)
  return last?.session ?? null
}
