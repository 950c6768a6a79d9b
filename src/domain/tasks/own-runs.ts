import { and, asc, eq, isNull } from 'drizzle-orm'
import { runs, tasks } from '../../db/schema.ts'
import type { Ctx } from '../core/context.ts'

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
