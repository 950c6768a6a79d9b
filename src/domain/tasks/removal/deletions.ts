import { and, desc, eq, gte, lte, sql } from 'drizzle-orm'
import { auditLogs } from '../../../db/schema.ts'
import type { Scope } from '../../core/scope.ts'

const hourMs = 60 * 60_000

/** The id of the newest deletion of the task that had this key; null if there is none. */
export async function findDeletion({ db, ownerId }: Scope, key: string): Promise<string | null> {
  const [entry] = await db
    .select({ id: auditLogs.id })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        eq(auditLogs.targetType, 'task'),
        eq(auditLogs.targetId, key),
        eq(auditLogs.action, 'task.delete'),
      ),
    )
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(1)
  return entry?.id ?? null
}

/** The deletions by the same token within an hour of this one, itself included, that were not undone; the newest first. */
export async function findDeletionsAround({ db, ownerId }: Scope, auditId: string): Promise<string[]> {
  const isOwn = and(eq(auditLogs.ownerId, ownerId), eq(auditLogs.action, 'task.delete'))
  const tokenId = sql<string | null>`${auditLogs.meta} ->> 'tokenId'`
  const [one] = await db
    .select({ at: auditLogs.createdAt, tokenId })
    .from(auditLogs)
    .where(and(isOwn, eq(auditLogs.id, auditId)))
  if (one === undefined) return []
  const found = await db
    .select({ id: auditLogs.id })
    .from(auditLogs)
    .where(
      and(
        isOwn,
        sql`${tokenId} is not distinct from ${one.tokenId}`,
        gte(auditLogs.createdAt, new Date(one.at.getTime() - hourMs)),
        lte(auditLogs.createdAt, new Date(one.at.getTime() + hourMs)),
        sql`not exists (
          select from audit_logs u
          where u.target_type = 'task' and u.target_id = ${auditLogs.targetId}
            and u.action = 'undo' and u.meta ->> 'undoes' = ${auditLogs.id}::text)`,
      ),
    )
    .orderBy(desc(auditLogs.id))
  return found.map(({ id }) => id)
}
