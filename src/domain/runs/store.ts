import { and, desc, eq, isNull, or, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { type Engine, type RunOutcome, runs } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import type { Actor } from '../core/actor.ts'

/** An agent's run of a task, as part of the task. */
export interface Run {
  readonly id: string
  /** The name of the token that holds it; null if unknown. */
  readonly name: string | null
  readonly tokenId: string | null
  /** The session that holds it; null if only its token does. */
  readonly session: string | null
  readonly engine: Engine | null
  readonly since: Date
  /** How it ended; null while it is open. */
  readonly outcome: RunOutcome | null
}

/** Starts a run of a task and returns its ID. The caller has locked the task. */
export async function startRun(
  db: Db,
  run: {
    readonly ownerId: string
    readonly task: { readonly id: string; readonly branch: string | null; readonly lastRun: Run | null }
    readonly actor: Actor
    readonly engine: Engine | null
    readonly now: Date
  },
): Promise<string> {
  const id = v7()
  const { ownerId, task, actor, engine, now } = run
  // Another writer may have cleared the task's run state and left its run open.
  if (task.lastRun?.outcome === null) await endRun(db, task.id, 'released', now)
  await db.insert(runs).values({
    id,
    ownerId,
    taskId: task.id,
    tokenId: actor.kind === 'agent' ? actor.tokenId : null,
    session: actor.kind === 'agent' ? (actor.session ?? null) : null,
    engine,
    branch: task.branch,
    attempt: sql`(select count(*)::int + 1 from ${runs} where ${runs.taskId} = ${task.id}::uuid)`,
    startedAt: now,
  })
  return id
}

/** Sets the session that holds a run. */
export async function setRunSession(db: Db, runId: string, session: string | null): Promise<void> {
  await db.update(runs).set({ session }).where(eq(runs.id, runId))
}

/** Ends the open run of a task, if there is one. */
export async function endRun(db: Db, taskId: string, outcome: RunOutcome, now: Date): Promise<void> {
  await db
    .update(runs)
    .set({ endedAt: now, outcome })
    .where(and(eq(runs.taskId, taskId), isNull(runs.endedAt)))
}

/** Returns the outcome of this token's (and session's) newest run of a task; null if there is no such run or it's open. */
export async function lastOutcomeOf(
  db: Db,
  taskId: string,
  { tokenId, session }: { readonly tokenId: string; readonly session?: string | null },
): Promise<RunOutcome | null> {
  const [last] = await db
    .select({ outcome: runs.outcome })
    .from(runs)
    .where(
      and(
        eq(runs.taskId, taskId),
        eq(runs.tokenId, tokenId),
        session ? or(isNull(runs.session), eq(runs.session, session)) : undefined,
      ),
    )
    .orderBy(desc(runs.startedAt), desc(runs.id))
    .limit(1)
  return last?.outcome ?? null
}
