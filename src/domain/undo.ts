import { and, desc, eq, sql } from 'drizzle-orm'
import { type AuditRow, auditLogs } from '../db/schema.ts'
import type { Tx } from '../db/types.ts'
import type { Change, Ctx } from './context.ts'
import { DomainError } from './errors.ts'
import type { Scope } from './tasks/read.ts'
import type { Task } from './tasks/task.ts'
import { undoTaskChange } from './tasks/undo.ts'

/** What was taken back, and the task as it is now where there still is one. */
export interface Undone {
  readonly action: string
  readonly targetId: string | null
  readonly task: Task | null
}

/**
 * Takes back one change by the id of its audit entry. Throws `conflict` where it was taken back already or something has
 * moved on since or the change is older than `notBefore`, `not-found` where there is no such change.
 */
export async function undoChange(ctx: Ctx, auditId: string, notBefore?: Date): Promise<Undone> {
  return ctx.mutate(async (tx): Promise<Change<Undone>> => {
    const [entry] = await tx
      .select()
      .from(auditLogs)
      .where(and(eq(auditLogs.id, auditId), eq(auditLogs.ownerId, ctx.ownerId)))
    if (entry === undefined) throw new DomainError('not-found', 'There is no such change to undo.')
    if (notBefore !== undefined && entry.createdAt < notBefore) {
      throw new DomainError(
        'conflict',
        'That was too long ago for this button. /undo takes back your last change.',
      )
    }
    // Held until the commit, so that two taps on Undo cannot both find it not yet taken back.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`undo:${auditId}`}, 0))`)
    if (await isUndone(tx, entry))
      throw new DomainError('conflict', 'That was undone already.', { undone: true })
    const change = await takeBack(ctx, tx, entry)
    return { ...change, result: { action: entry.action, targetId: entry.targetId, task: change.result } }
  })
}

async function takeBack(ctx: Ctx, tx: Tx, entry: AuditRow): Promise<Change<Task | null>> {
  if (entry.targetType === 'task' && entry.action !== 'undo') return undoTaskChange(ctx, tx, entry)
  throw new DomainError('invalid', 'This kind of change cannot be undone.')
}

async function isUndone(tx: Tx, entry: AuditRow): Promise<boolean> {
  const [found] = await tx
    .select({ id: auditLogs.id })
    .from(auditLogs)
    .where(undoes(entry.targetId, entry.id))
    .limit(1)
  return found !== undefined
}

// An undo stands under the target of what it undoes, where the index finds it.
function undoes(targetId: string | null, auditId: string) {
  return and(
    eq(auditLogs.targetType, 'task'),
    eq(auditLogs.targetId, targetId ?? ''),
    eq(auditLogs.action, 'undo'),
    sql`${auditLogs.meta} ->> 'undoes' = ${auditId}`,
  )
}

const undoable = sql`${auditLogs.targetType} = 'task' and ${auditLogs.action} <> 'undo'`

/** The owner's last change that is not taken back yet. */
export async function lastChange({ db, ownerId }: Scope): Promise<{
  readonly id: string
  readonly action: string
  readonly targetId: string | null
} | null> {
  const [entry] = await db
    .select({ id: auditLogs.id, action: auditLogs.action, targetId: auditLogs.targetId })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        sql`${auditLogs.meta} ->> 'by' = 'owner'`,
        undoable,
        sql`not exists (select from audit_logs later where later.target_type = 'task' and later.target_id = ${auditLogs.targetId}
          and later.action = 'undo' and later.meta ->> 'undoes' = ${auditLogs.id}::text)`,
      ),
    )
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(1)
  return entry ?? null
}
