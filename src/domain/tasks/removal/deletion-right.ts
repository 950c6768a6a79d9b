import { and, eq, sql } from 'drizzle-orm'
import { auditLogs } from '../../../db/schema.ts'
import type { Tx } from '../../../db/types.ts'
import { toActorName } from '../../core/actor.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import type { Task } from '../task.ts'

/** Throws `forbidden` if the agent's token may not delete the task: one with work rights deletes only what it created itself. */
export async function requireDeletionRight(ctx: Ctx, tx: Tx, task: Task): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'agent') return
  if (actor.rights === 'work' && (await creatorOf(ctx, tx, task)) !== toActorName(actor)) {
    throw new DomainError(
      'forbidden',
      `This token may only delete tasks that it created. Ask the owner to delete ${task.key}.`,
      { rights: 'work' },
    )
  }
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
