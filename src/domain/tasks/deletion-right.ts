import { and, eq, gte, sql } from 'drizzle-orm'
import { auditLogs } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import { toActorName } from '../actor.ts'
import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { Task } from './task.ts'

/** How many tasks a token may delete within an hour. */
export const deletionsAnHour = 5
const hourMs = 60 * 60_000

/**
 * Throws `forbidden` if the agent's token may not delete the task: one with work rights deletes only what it created itself. Throws
 * `conflict` after five deletions within an hour.
 */
export async function requireDeletionRight(ctx: Ctx, tx: Tx, task: Task): Promise<void> {
  const { actor, ownerId } = ctx
  if (actor.kind !== 'agent') return
  if (actor.rights === 'work' && (await creatorOf(ctx, tx, task)) !== toActorName(actor)) {
    throw new DomainError(
      'forbidden',
      `This token may only delete tasks that it created. Ask the owner to delete ${task.key}.`,
      { rights: 'work' },
    )
  }
  // Held until the commit, so that deletions at once cannot pass the limit together.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`deletions:${actor.tokenId}`}, 0))`)
  const now = ctx.now()
  const [recent] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        gte(auditLogs.createdAt, new Date(now.getTime() - hourMs)),
        eq(auditLogs.action, 'task.delete'),
        sql`${auditLogs.meta} ->> 'tokenId' = ${actor.tokenId}`,
      ),
    )
  if ((recent?.count ?? 0) < deletionsAnHour) return
  throw new DomainError(
    'conflict',
    `This token has deleted ${deletionsAnHour} tasks within an hour, which is its limit. Ask the owner to delete more, or wait an hour.`,
    { deletionLimit: true, tokenId: actor.tokenId },
  )
}

async function creatorOf({ ownerId }: Ctx, tx: Tx, { id, key }: Task): Promise<string | null> {
  const [entry] = await tx
    .select({ by: sql<string>`${auditLogs.meta} ->> 'by'` })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        eq(auditLogs.targetType, 'task'),
        eq(auditLogs.targetId, key),
        eq(auditLogs.action, 'task.create'),
        sql`${auditLogs.meta} ->> 'taskId' = ${id}`,
      ),
    )
    .limit(1)
  return entry?.by ?? null
}
