import { eq } from 'drizzle-orm'
import { v7 } from 'uuid'
import { tasks } from '../../../db/schema.ts'
import type { Tx } from '../../../db/types.ts'
import type { TaskFields } from '../../core/audit/audit-meta.ts'
import type { AuditRecord } from '../../core/audit/audit-record.ts'
import type { AuditEntry, Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { assignLabels } from '../../labels/labels.ts'
import { holderOf, keyFor } from '../edit/order.ts'
import { writeSnooze } from '../edit/snooze.ts'
import { toSnapshot } from '../snapshot.ts'
import { runOf, type Task } from '../task.ts'

/** Throws `conflict` if the task isn't as a change left it; its place in the lane may differ. */
export function requireSame(task: Task, after: TaskFields): void {
  const current = toSnapshot(task)
  const stale = (Object.keys(after) as (keyof TaskFields)[]).filter(
    (field) => field !== 'sortOrder' && JSON.stringify(current[field]) !== JSON.stringify(after[field]),
  )
  if (stale.length === 0) return
  const run = runOf(task)
  if (run !== null && after.runState !== undefined && after.runState !== 'running') {
    throw new DomainError('conflict', `${run.name ?? 'An agent'} has ${task.key} now. Stop it first.`, {
      stale,
      runner: run.name,
      taskId: task.id,
    })
  }
  throw new DomainError('conflict', `${task.key} has changed since: ${stale.join(', ')}.`, {
    stale,
  })
}

/** Writes a snapshot's fields back to a task. The caller holds the lanes. Returns the audit entries of recreated labels. */
export async function restoreTask(
  ctx: Ctx,
  tx: Tx,
  task: Pick<Task, 'id' | 'status'>,
  before: TaskFields,
): Promise<readonly AuditEntry[]> {
  const { title, note, status, branch, engine, priority, sortOrder } = before
  const now = ctx.now()
  const snoozedUntil = toDate(before.snoozedUntil)
  if (snoozedUntil !== undefined) await writeSnooze(tx, task.id, snoozedUntil)
  await tx
    .update(tasks)
    // drizzle skips undefined fields.
    .set({
      title,
      note,
      status,
      branch,
      engine,
      runState: before.runState,
      taskPriority: priority,
      runStateUpdatedAt: toDate(before.runStateUpdatedAt),
      dueAt: toDate(before.dueAt),
      focusedAt: toDate(before.focusedAt),
      archivedAt: toDate(before.archivedAt),
      sortOrder: sortOrder && (await freeKey(ctx, tx, task.id, status ?? task.status, sortOrder)),
      updatedAt: now,
    })
    .where(eq(tasks.id, task.id))
  if (before.labels === undefined) return []
  return (await assignLabels(tx, { ownerId: ctx.ownerId, taskId: task.id, names: before.labels, now })).audit
}

function toDate(at: string | null | undefined): Date | null | undefined {
  return typeof at === 'string' ? new Date(at) : at
}

// If another card has taken the key, the card goes right before it.
async function freeKey(
  ctx: Ctx,
  tx: Tx,
  taskId: string,
  status: Task['status'],
  key: string,
): Promise<string> {
  const lane = { ownerId: ctx.ownerId, status }
  const holder = await holderOf(tx, lane, key, taskId)
  return holder === null ? key : keyFor(tx, lane, { before: holder }, { id: taskId, sortOrder: key })
}

/** Builds the audit entry of an undo, with the target of what it undoes. */
export function undoEntry(
  entry: Pick<AuditRecord, 'id' | 'action' | 'targetId'>,
): Extract<AuditEntry, { readonly action: 'undo' }> {
  return {
    id: v7(),
    action: 'undo',
    targetType: 'task',
    targetId: entry.targetId,
    meta: { undoes: entry.id, action: entry.action },
  }
}
