import { eq } from 'drizzle-orm'
import { workLogs } from '../../../db/schema.ts'
import type { Tx } from '../../../db/types.ts'
import type { TaskChangeAction, TaskFields } from '../../core/audit/audit-meta.ts'
import type { AuditRecordOf } from '../../core/audit/audit-record.ts'
import type { Change, Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import type { NewEvent } from '../../core/events.ts'
import { deleteUnusedLabels } from '../../labels/labels.ts'
import { reopenQuestions, withdrawQuestion } from '../../questions/store.ts'
import { writeTaskLogs } from '../../work-logs/work-logs.ts'
import { lockLanes } from '../edit/order.ts'
import { changeLogs } from '../edit/plan/plan-logs.ts'
import { lockTask } from '../lock.ts'
import { requireTask } from '../read.ts'
import { requireSame, restoreTask, undoEntry } from '../removal/restore.ts'
import { fieldNames } from '../snapshot.ts'
import type { Task } from '../task.ts'
import { undoCreate } from './undo-create.ts'
import { undoDelete } from './undo-delete.ts'
import { undoMoveToProject } from './undo-move.ts'

/** Undoes a change of a task. Throws `conflict` if the task has changed since. Part of `undoChange`. */
export async function undoTaskChange(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'task.create' | 'task.delete' | 'task.project' | TaskChangeAction>,
): Promise<Change<Task | null>> {
  // Locked before any task, as everywhere: nearly every change restores a position in a lane.
  await lockLanes(tx, ctx.ownerId)
  switch (entry.action) {
    case 'task.create':
      return undoCreate(ctx, tx, entry)
    case 'task.delete':
      return undoDelete(ctx, tx, entry)
    case 'task.project':
      return undoMoveToProject(ctx, tx, entry)
    default:
      return undoEdit(ctx, tx, entry)
  }
}

async function undoEdit(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<TaskChangeAction>,
): Promise<Change<Task | null>> {
  const { taskId, after, commentId, madeLabels, closedQuestions, openedQuestion, ...meta } = entry.meta
  const before = queuedAgain(meta.before, ctx.now())
  if (Object.keys(before).length === 0 && commentId === undefined) {
    throw new DomainError('invalid', 'There’s nothing to undo here.')
  }
  const task = await lockTask(ctx, tx, taskId)
  requireSame(task, after)
  const labelAudit = await restoreTask(ctx, tx, task, before)
  if (openedQuestion !== undefined) await withdrawQuestion(tx, openedQuestion, ctx.now())
  await reopenQuestions(tx, closedQuestions ?? [], ctx.now())
  const restored = await requireTask({ db: tx, ownerId: ctx.ownerId }, task.id)
  const { status, fields, note, runState } = differences(task, restored, before)
  const logging = writeTaskLogs(tx, {
    ownerId: ctx.ownerId,
    author: ctx.actor,
    task: { id: task.id, key: task.key, projectId: task.project.id },
    logs: changeLogs(task, { status, fields, note }, task.engine),
    now: ctx.now(),
  })
  await logging.written
  const about = { entityId: task.key, projectId: task.project.id }
  const changedFields = [
    ...fields,
    ...(note === null ? [] : ['note']),
    ...(before.snoozedUntil === undefined ? [] : ['snoozed_until']),
    ...(runState === null ? [] : ['run_state']),
    ...(status === null && before.sortOrder !== undefined ? ['sort_order'] : []),
  ]
  const events: NewEvent[] = []
  if (status !== null)
    events.push({ ...about, type: 'TASK_STATUS_CHANGED', payload: { ...status, title: restored.title } })
  if (changedFields.length > 0) {
    const run = runState === null ? {} : { runState }
    events.push({
      ...about,
      type: 'TASK_UPDATED',
      payload: { changedFields, title: restored.title, ...run },
    })
  }
  const withdrawn = commentId === undefined ? [] : await withdrawComment(tx, task, commentId)
  return {
    result: restored,
    events: [...events, ...logging.events, ...withdrawn],
    audit: [undoEntry(entry), ...labelAudit, ...(await deleteUnusedLabels(tx, ctx.ownerId, madeLabels))],
  }
}

// A stopped agent may be gone, so its task waits for the next claim.
function queuedAgain(before: TaskFields, now: Date): TaskFields {
  return before.runState === 'running'
    ? { ...before, runState: 'queued', runStateUpdatedAt: now.toISOString() }
    : before
}

function differences(task: Task, restored: Task, before: TaskFields) {
  return {
    status: task.status === restored.status ? null : { from: task.status, to: restored.status },
    fields: Object.entries(fieldNames).flatMap(([field, name]) => (field in before ? [name] : [])),
    note: task.note === restored.note ? null : { to: restored.note },
    runState: task.runState === restored.runState ? null : { from: task.runState, to: restored.runState },
  }
}

// A comment is an instruction to the agent, so undo deletes it.
async function withdrawComment(tx: Tx, task: Task, commentId: string): Promise<NewEvent[]> {
  const gone = await tx
    .delete(workLogs)
    .where(eq(workLogs.id, commentId))
    .returning({ id: workLogs.id, title: workLogs.title })
  return gone.map(({ id, title }) => ({
    type: 'WORKLOG_DELETED',
    entityId: id,
    projectId: task.project.id,
    payload: { title, taskKey: task.key, kind: 'comment' },
  }))
}
