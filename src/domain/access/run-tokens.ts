import { randomBytes } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { preparedRead } from '../../db/prepared.ts'
import { apiTokens, projects, runs, tasks, tokenGrants } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { RunScope } from '../core/actor.ts'
import { type Authentication, granted, hashOf, problemOf } from './tokens.ts'

const prefix = 'preq_run_'

/** Creates the token of a run: it may only be used for that run's task, while the run is open. The database stores its hash. */
export function createRunToken(): { readonly token: string; readonly hash: string } {
  const token = `${prefix}${randomBytes(24).toString('base64url')}`
  return { token, hash: hashOf(token) }
}

/** Tests whether a presented token has the form of a run's token. */
export function isRunToken(presented: string): boolean {
  return presented.startsWith(prefix)
}

const runByHash = preparedRead((db) =>
  db
    .select({
      token: granted,
      endedAt: runs.endedAt,
      runState: tasks.runState,
      run: { id: runs.id, taskId: tasks.id, taskKey: tasks.taskKey, engine: runs.engine },
      projectKey: projects.projectKey,
    })
    .from(runs)
    .innerJoin(apiTokens, eq(apiTokens.id, runs.tokenId))
    .leftJoin(tokenGrants, eq(tokenGrants.tokenId, apiTokens.id))
    .leftJoin(tasks, eq(tasks.id, runs.taskId))
    .leftJoin(projects, eq(projects.id, tasks.projectId))
    .where(eq(runs.tokenHash, sql.placeholder('hash'))),
)

/** Looks up the token of a run on every request: it is void once the run has ended or the token that claimed the task is revoked. */
export async function authenticateRun(db: Reader, presented: string, now: Date): Promise<Authentication> {
  const [found] = await runByHash(db, { hash: hashOf(presented) })
  if (found === undefined) return { ok: false, reason: 'unknown' }
  const { token, endedAt, runState, projectKey } = found
  const reason = problemOf(token, now)
  if (reason !== null) return { ok: false, reason }
  const { id, taskId, taskKey, engine } = found.run
  const isOpen = endedAt === null && runState === 'running'
  if (!isOpen || taskId === null || taskKey === null || projectKey === null)
    return { ok: false, reason: 'ended' }
  const run: RunScope = { id, taskId, taskKey, projectKey, engine }
  return { ok: true, token, run }
}
