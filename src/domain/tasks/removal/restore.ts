import { v7 } from 'uuid'
import type { Reader } from '../../../db/types.ts'
import type { TaskFields } from '../../core/audit/audit-meta.ts'
import type { AuditRecord } from '../../core/audit/audit-record.ts'
import type { AuditEntry } from '../../core/commit/commit.ts'
import type { Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { assignLabels, findLabels } from '../../labels/labels.ts'
import { holderOf, keyAt, type Lane, type Moving, type Placed } from '../edit/order.ts'
import { snoozeRows } from '../edit/snooze.ts'
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

/** A task with a snapshot's fields written back, and the rows of that besides the task's own. */
export interface Restored {
  readonly task: Task
  readonly rows: readonly Write[]
  /** The entries of recreated labels. */
  readonly audit: readonly AuditEntry[]
}

/** Writes a snapshot's fields back to a task. */
export async function restoreFields(ctx: Ctx, db: Reader, task: Task, before: TaskFields): Promise<Restored> {
  const { ownerId } = ctx
  const now = ctx.now()
  const { labels: names, sortOrder } = before
  const status = before.status ?? task.status
  const lane = { ownerId, status }
  const placed =
    sortOrder === undefined
      ? { sortOrder: task.sortOrder, rows: [] }
      : await freePlace(db, lane, { id: task.id, sortOrder })
  const known = await findLabels({ db, ownerId }, names ?? [])
  const labeling =
    names === undefined
      ? { labels: task.labels, rows: [], audit: [] }
      : assignLabels({ ownerId, task, names, known, now })
  const restored: Task = {
    ...task,
    title: before.title ?? task.title,
    note: before.note === undefined ? task.note : before.note,
    status,
    priority: before.priority ?? task.priority,
    branch: before.branch === undefined ? task.branch : before.branch,
    engine: before.engine === undefined ? task.engine : before.engine,
    runState: before.runState === undefined ? task.runState : before.runState,
    runStateUpdatedAt: toDate(before.runStateUpdatedAt, task.runStateUpdatedAt),
    dueAt: toDate(before.dueAt, task.dueAt),
    focusedAt: toDate(before.focusedAt, task.focusedAt),
    archivedAt: toDate(before.archivedAt, task.archivedAt),
    snoozedUntil: toDate(before.snoozedUntil, task.snoozedUntil),
    sortOrder: placed.sortOrder,
    labels: labeling.labels,
    updatedAt: now,
  }
  const snooze = before.snoozedUntil === undefined ? [] : snoozeRows(task.id, restored.snoozedUntil)
  return { task: restored, rows: [...placed.rows, ...labeling.rows, ...snooze], audit: labeling.audit }
}

function toDate<T>(at: string | null | undefined, otherwise: T): Date | null | T {
  if (at === undefined) return otherwise
  return at === null ? null : new Date(at)
}

// If another card has taken the key, the card goes right before it.
async function freePlace(db: Reader, lane: Lane, card: Moving): Promise<Placed> {
  const holder = await holderOf(db, lane, card.sortOrder, card.id)
  return holder === null ? { sortOrder: card.sortOrder, rows: [] } : keyAt(db, lane, { before: holder }, card)
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
