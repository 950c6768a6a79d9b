import { and, desc, eq, isNull, or } from 'drizzle-orm'
import { v7 } from 'uuid'
import { type Engine, type RunOutcome, runs } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { Actor } from '../core/actor.ts'
import { insert, update, type Write } from '../core/commit/writes.ts'

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
  /** Counts the task's runs from 1. */
  readonly attempt: number
  /** The runner that started the agent; null without one. */
  readonly runner: { readonly id: string; readonly name: string } | null
  /** When the runner last reported that the agent's process is alive. */
  readonly heartbeatAt: Date | null
}

/** What a runner adds to a run. */
export interface RunnerStart {
  readonly runner: { readonly id: string; readonly name: string }
  readonly tokenHash: string
  readonly base: string | null
}

/** Returns the row of a new run and the run as part of its task. Ends a run that another writer has left open. */
export function startRun(start: {
  readonly ownerId: string
  readonly task: { readonly id: string; readonly branch: string | null; readonly lastRun: Run | null }
  readonly actor: Actor
  readonly engine: Engine | null
  readonly now: Date
  /** Absent: no runner starts the agent. */
  readonly by?: RunnerStart | undefined
}): { readonly run: Run; readonly rows: readonly Write[] } {
  const { ownerId, task, actor, engine, now, by } = start
  const holder =
    actor.kind === 'agent'
      ? { name: actor.name, tokenId: actor.tokenId, session: actor.session ?? null }
      : { name: null, tokenId: null, session: null }
  const attempt = (task.lastRun?.attempt ?? 0) + 1
  const id = v7()
  // The run of a runner is held by the run itself, which its token names as the session.
  const session = by === undefined ? holder.session : id
  const leased = { runner: by?.runner ?? null, heartbeatAt: by === undefined ? null : now }
  const run: Run = { id, ...holder, session, engine, since: now, outcome: null, attempt, ...leased }
  const row = {
    id,
    ownerId,
    taskId: task.id,
    tokenId: run.tokenId,
    session,
    engine,
    branch: task.branch,
    attempt,
    startedAt: now,
    ...(by && { runnerId: by.runner.id, tokenHash: by.tokenHash, base: by.base, heartbeatAt: now }),
  }
  return { run, rows: [...endRun(task.lastRun, 'released', now), insert(runs, row)] }
}

/** Sets the session that holds a run. */
export function setRunSession(id: string, session: string | null): Write {
  return update(runs, { key: { id }, set: { session } })
}

/** Ends a task's newest run if it is open. */
export function endRun(run: Run | null, outcome: RunOutcome, now: Date): Write[] {
  if (run === null || run.outcome !== null) return []
  return [update(runs, { key: { id: run.id }, expect: { endedAt: null }, set: { endedAt: now, outcome } })]
}

/** Returns the outcome of this token's (and session's) newest run of a task; null if there is no such run or it's open. */
export async function lastOutcomeOf(
  db: Reader,
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
