import { and, desc, eq, gte, lte, sql } from 'drizzle-orm'
import { auditLogs } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import { toActorName } from '../../core/actor.ts'
import type { Ctx } from '../../core/context.ts'
import { hourMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import type { Scope } from '../../core/scope.ts'
import type { Task } from '../task.ts'

const tokenId = sql<string | null>`${auditLogs.meta} ->> 'tokenId'`

/** Builds the condition that an audit entry records an action on the task with this key. */
function isOfTask(ownerId: string, key: string, action: 'task.create' | 'task.delete') {
  return and(
    eq(auditLogs.ownerId, ownerId),
    eq(auditLogs.targetType, 'task'),
    eq(auditLogs.targetId, key),
    eq(auditLogs.action, action),
  )
}

/** Builds the condition that an audit entry is a deletion on the owner's board. */
function isDeletion(ownerId: string) {
  return and(eq(auditLogs.ownerId, ownerId), eq(auditLogs.action, 'task.delete'))
}

/** Throws `forbidden` if the agent's token may not delete the task: one with work rights deletes only what it created itself. */
export async function requireDeletionRight({ actor, ownerId }: Ctx, db: Reader, task: Task): Promise<void> {
  if (actor.kind !== 'agent' || actor.rights !== 'work') return
  const [creation] = await db
    .select({ by: sql<string>`${auditLogs.meta} ->> 'by'` })
    .from(auditLogs)
    .where(and(isOfTask(ownerId, task.key, 'task.create'), sql`${auditLogs.meta} ->> 'taskId' = ${task.id}`))
    .limit(1)
  if (creation?.by === toActorName(actor)) return
  throw new DomainError(
    'forbidden',
    `This token may only delete tasks that it created. Ask the owner to delete ${task.key}.`,
    { rights: 'work' },
  )
}

/** Returns how many tasks a token deleted since then. */
export async function countDeletions(
  db: Reader,
  by: { readonly ownerId: string; readonly tokenId: string; readonly since: Date },
): Promise<number> {
  return db.$count(
    auditLogs,
    and(isDeletion(by.ownerId), gte(auditLogs.createdAt, by.since), eq(tokenId, by.tokenId)),
  )
}

/** Returns the id of the newest deletion of the task that had this key, or null. */
export async function findDeletion({ db, ownerId }: Scope, key: string): Promise<string | null> {
  const [entry] = await db
    .select({ id: auditLogs.id })
    .from(auditLogs)
    .where(isOfTask(ownerId, key, 'task.delete'))
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(1)
  return entry?.id ?? null
}

/** Returns the deletions by the same token within an hour of this one, itself included, that were not undone; newest first. */
export async function findDeletionsAround({ db, ownerId }: Scope, auditId: string): Promise<string[]> {
  const [one] = await db
    .select({ at: auditLogs.createdAt, tokenId })
    .from(auditLogs)
    .where(and(isDeletion(ownerId), eq(auditLogs.id, auditId)))
  if (one === undefined) return []
  const found = await db
    .select({ id: auditLogs.id })
    .from(auditLogs)
    .where(
      and(
        isDeletion(ownerId),
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
