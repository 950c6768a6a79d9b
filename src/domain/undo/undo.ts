import { and, desc, eq, inArray, ne, notInArray, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import { auditLogs } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { undoToken } from '../access/token-undo.ts'
import {
  type AuditRecord,
  type AuditRecordOf,
  fieldsOf,
  leftComment,
  toAuditRecord,
} from '../core/audit/audit-record.ts'
import { type Change, joinRecorded, type Recorded } from '../core/commit/commit.ts'
import type { Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { minuteMs } from '../core/durations.ts'
import { DomainError } from '../core/errors.ts'
import type { NewEvent } from '../core/events.ts'
import type { Scope } from '../core/scope.ts'
import { undoLabelChange } from '../labels/label-undo.ts'
import { undoProjectChange } from '../projects/undo.ts'
import { botTokenKey } from '../settings/setting-specs.ts'
import { undoSettingsChange } from '../settings/settings-undo.ts'
import { arrival } from '../tasks/former-keys.ts'
import { findTasks } from '../tasks/read.ts'
import { undoLift } from '../tasks/runners/limits.ts'
import { partAction } from '../tasks/snapshot.ts'
import type { Task } from '../tasks/task.ts'
import { undoTaskChange } from '../tasks/undo/undo.ts'
import { undoWorkLog } from '../work-logs/work-log-undo.ts'

/** An Undo button works this long. */
export const undoWindowMs = 5 * minuteMs

/** What was undone, and the current task if it still exists. */
export interface Undone {
  /** The audit entry of the change. */
  readonly entry: AuditRecord
  readonly task: Task | null
  /** All tasks that were changed together and undone together. */
  readonly tasks: readonly Task[]
}

/**
 * Undoes a change by its audit entry's ID, with everything that changed together with it. Throws `conflict` if it's already
 * undone, changed since, or older than `notBefore`; `not-found` if there's no such change.
 */
export async function undoChange(ctx: Ctx, auditId: string, notBefore?: Date): Promise<Undone> {
  const missing = new DomainError('not-found', 'No such change to undo.')
  // IDs come from buttons, and anyone can send any bytes as a button.
  if (!z.guid().safeParse(auditId).success) throw missing
  const { entry, taskIds } = await ctx.commit(async (db): Promise<Change<Reverted>> => {
    const [row] = await db
      .select()
      .from(auditLogs)
      .where(and(eq(auditLogs.id, auditId), eq(auditLogs.ownerId, ctx.ownerId)))
    if (row === undefined) throw missing
    const entry = toAuditRecord(row)
    if (notBefore !== undefined && entry.createdAt < notBefore) {
      throw new DomainError('conflict', 'Too late for this button – use /undo.')
    }
    const effects: Recorded<string | null>[] = []
    const taskIds: string[] = []
    const batch = await batchOf(db, entry)
    const together = batch.flatMap(taskIdOf)
    for (const one of batch) {
      if (await isUndone(db, one)) throw new DomainError('conflict', 'Already undone.', { undone: true })
      const change = await undoOne(ctx, db, one, together)
      if (change.result !== null) taskIds.push(change.result)
      effects.push(change)
    }
    return { ...joinRecorded(effects), result: { entry, taskIds } }
  })
  const tasks = await findTasks(ctx, taskIds)
  return { entry, task: tasks.length === 1 ? (tasks[0] ?? null) : null, tasks }
}

function taskIdOf(entry: AuditRecord): string[] {
  return 'meta' in entry && 'taskId' in entry.meta && entry.meta.taskId ? [entry.meta.taskId] : []
}

interface Reverted {
  readonly entry: AuditRecord
  readonly taskIds: readonly string[]
}

/** Reads everything that one verb changed together, last change first; usually just one entry. */
async function batchOf(db: Reader, entry: AuditRecord): Promise<AuditRecord[]> {
  const { batch } = entry
  if (batch === null || entry.action === 'undo') return [entry]
  const found = await db
    .select()
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, entry.ownerId),
        eq(auditLogs.createdAt, entry.createdAt),
        sql`${auditLogs.meta} ->> 'batch' = ${batch}`,
      ),
    )
    .orderBy(desc(auditLogs.id))
  return found.map(toAuditRecord)
}

async function undoOne(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecord,
  together: readonly string[],
): Promise<Recorded<string | null>> {
  const refused = new DomainError('invalid', "This can't be undone.")
  if (!isUndoable(entry)) throw refused
  switch (entry.action) {
    case 'project.create':
    case 'project.edit':
    case 'project.delete':
    case 'project.restore':
    case 'project.settings':
      return asUndo(entry, await undoProjectChange(ctx, db, entry))
    case 'worklog.create':
      return asUndo(entry, await undoWorkLog(ctx, db, entry))
    case 'label.create':
    case 'label.rename':
    case 'label.color':
    case 'label.delete':
    case 'label.merge':
      return asUndo(entry, { rows: await undoLabelChange(ctx, db, entry) })
    case 'token.create':
    case 'token.revoke':
      return asUndo(entry, { rows: await undoToken(ctx, db, entry) })
    case 'limit.lift':
      return asUndo(entry, { rows: await undoLift(db, entry) })
    case 'setting.change':
      return asUndo(entry, await undoSettingsChange(ctx, db, entry))
    case 'other':
    case 'undo':
    case 'task.arrive':
    case 'setting.remember':
    case 'worklog.fetch':
    case 'question.ask':
    case 'question.answer':
    case 'question.withdraw':
    case 'rule.revoke':
    case 'question.expire':
    case 'task.ask':
    case 'task.withdraw':
    case 'task.expire':
    case 'token.deletion-limit':
    case 'token.allow-deletions':
    case 'chat.bind':
    case 'chat.unbind':
    case 'chat.move':
      throw refused
    default:
      return undoTaskChange(ctx, db, entry, together)
  }
}

// The audit entry of an undo names what it undoes and replaces the entry of its verb.
function asUndo(
  entry: AuditRecord & { readonly targetType: AuditRecordOf<'undo'>['targetType'] },
  change: { readonly rows?: readonly Write[]; readonly events?: readonly NewEvent[] },
): Recorded<null> {
  const meta = { undoes: entry.id, action: entry.action }
  const { targetType, targetId } = entry
  return {
    result: null,
    rows: change.rows ?? [],
    events: change.events ?? [],
    audit: [{ action: 'undo', targetType, targetId, meta }],
  }
}

// What can be undone besides task changes, and revoking a token, which can't and says so. A label created by a task's
// change goes with that change.
const undoableActions: string[] = [
  'label.create',
  'limit.lift',
  'token.create',
  'token.revoke',
  'project.create',
  'project.edit',
  'project.delete',
  'project.restore',
  'project.settings',
  'label.rename',
  'label.color',
  'label.delete',
  'label.merge',
  'setting.change',
  'worklog.create',
]

function isUndoable(entry: AuditRecord): boolean {
  switch (entry.action) {
    case 'other':
    case 'undo':
    case arrival:
    case 'task.ask':
    case 'task.withdraw':
    case 'task.expire':
      return false
    case 'label.create':
      return entry.meta.taskId === undefined
    case 'setting.change':
      return entry.targetId !== botTokenKey
    default:
      return entry.targetType === 'task' || undoableActions.includes(entry.action)
  }
}

/** Returns which of these entries are agents' changes that can be undone. Later changes may still prevent it. */
export async function undoableByAgents(
  { db, ownerId }: Scope,
  entries: readonly AuditRecord[],
): Promise<ReadonlySet<string>> {
  const candidates = entries.filter(
    (entry) => entry.by?.startsWith('agent:') && isUndoable(entry) && hasWhatToUndo(entry),
  )
  if (candidates.length === 0) return new Set()
  const ids = candidates.map(({ id }) => id)
  const undoneId = sql<string>`${auditLogs.meta} ->> 'undoes'`
  const undone = await db
    .select({ id: undoneId })
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, ownerId),
        inArray(auditLogs.targetType, [...new Set(candidates.map(({ targetType }) => targetType))]),
        inArray(auditLogs.targetId, [...new Set(candidates.map(({ targetId }) => targetId ?? ''))]),
        eq(auditLogs.action, 'undo'),
        inArray(undoneId, ids),
      ),
    )
  return new Set(ids.filter((id) => !undone.some((one) => one.id === id)))
}

// A heartbeat, for example, changes nothing that could be undone.
function hasWhatToUndo(entry: AuditRecord): boolean {
  if (entry.targetType !== 'task' || ['task.create', 'task.delete'].includes(entry.action)) return true
  const fields = Object.keys(fieldsOf(entry).before)
  return leftComment(entry) || fields.some((field) => field !== 'runStateUpdatedAt')
}

async function isUndone(db: Reader, entry: AuditRecord): Promise<boolean> {
  const [found] = await db.select({ id: auditLogs.id }).from(auditLogs).where(undoes(entry)).limit(1)
  return found !== undefined
}

// An undo has the target of what it undoes, so the index finds it.
function undoes(entry: AuditRecord) {
  return and(
    eq(auditLogs.targetType, entry.targetType),
    eq(auditLogs.targetId, entry.targetId ?? ''),
    eq(auditLogs.action, 'undo'),
    sql`${auditLogs.meta} ->> 'undoes' = ${entry.id}`,
  )
}

const undoable = and(
  notInArray(auditLogs.action, ['undo', arrival, partAction]),
  or(eq(auditLogs.targetType, 'task'), inArray(auditLogs.action, undoableActions)),
  sql`${auditLogs.targetId} is distinct from ${botTokenKey}`,
  or(ne(auditLogs.action, 'label.create'), sql`${auditLogs.meta} ->> 'taskId' is null`),
)

/** Finds the owner's last change that isn't undone yet; `before` skips that change and everything newer. */
export async function lastChange(
  { db, ownerId }: Scope,
  before?: string,
): Promise<{
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
        // As a scalar subquery, looked up per entry: Postgres turns `not exists` into a join with the whole audit log.
        sql`(select later.id from audit_logs later where later.target_type = ${auditLogs.targetType} and later.target_id = ${auditLogs.targetId}
          and later.action = 'undo' and later.meta ->> 'undoes' = ${auditLogs.id}::text limit 1) is null`,
        before === undefined ? undefined : isOlderThan(before),
      ),
    )
    .orderBy(desc(auditLogs.createdAt), desc(auditLogs.id))
    .limit(1)
  return entry ?? null
}

// What changed together is one change: none of it counts as older than the rest.
function isOlderThan(auditId: string) {
  return sql`exists (select from audit_logs newer where newer.id = ${auditId}::uuid
    and (${auditLogs.createdAt}, ${auditLogs.id}) < (newer.created_at, newer.id)
    and coalesce(newer.meta ->> 'batch' <> ${auditLogs.meta} ->> 'batch', true))`
}
