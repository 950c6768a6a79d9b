import { eq } from 'drizzle-orm'
import { workLogs } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { TaskChangeAction, TaskFields } from '../../core/audit/audit-meta.ts'
import type { AuditRecordOf } from '../../core/audit/audit-record.ts'
import type { Recorded } from '../../core/commit/commit.ts'
import { remove } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import type { NewEvent } from '../../core/events.ts'
import { removeUnusedLabels } from '../../labels/labels.ts'
import { findQuestions, reopenQuestion, withdrawWithTask } from '../../questions/store.ts'
import { taskLogs } from '../../work-logs/work-logs.ts'
import { changeLogs } from '../edit/plan/plan-logs.ts'
import { requireVersioned } from '../read.ts'
import { requireSame, restoreFields, undoEntry } from '../removal/restore.ts'
import { fieldNames } from '../snapshot.ts'
import type { Task } from '../task.ts'
import { taskUpdate } from '../write.ts'
import { undoCreate } from './undo-create.ts'
import { undoDelete } from './undo-delete.ts'
import { undoMoveToProject } from './undo-move.ts'

/** Undoes a change of a task; the result is the task's ID if it still exists. Throws `conflict` if it has changed since. Part of `undoChange`. */
export async function undoTaskChange(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'task.create' | 'task.delete' | 'task.project' | TaskChangeAction>,
  /** The IDs of all tasks whose changes are undone together. */
  together: readonly string[],
): Promise<Recorded<string | null>> {
  switch (entry.action) {
    case 'task.create':
      return undoCreate(ctx, db, entry)
    case 'task.delete':
      return undoDelete(ctx, db, entry)
    case 'task.project':
      return undoMoveToProject(ctx, db, entry)
    default:
      return undoEdit(ctx, db, entry, together)
  }
}

async function undoEdit(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<TaskChangeAction>,
  together: readonly string[],
): Promise<Recorded<string | null>> {
  const { taskId, after, commentId, madeLabels, closedQuestions = [], openedQuestion, ...meta } = entry.meta
  const now = ctx.now()
  const before = queuedAgain(meta.before, now)
  const changesNothing = Object.keys(before).length === 0 && commentId === undefined
  if (changesNothing && closedQuestions.length === 0) {
    throw new DomainError('invalid', 'There’s nothing to undo here.')
  }
  const { ownerId } = ctx
  const { task, version } = await requireVersioned({ db, ownerId }, taskId)
  requireSame(task, after)
  if (entry.action === 'task.answer') await requireUnfetched(ctx, db, closedQuestions)
  const { task: restored, ...restoring } = await restoreFields(ctx, db, task, before)
  const { status, fields, note, runState } = differences(task, restored, before)
  const logs = taskLogs({
    ownerId,
    author: ctx.actor,
    task,
    logs: changeLogs(task, { status, fields, note }, task.engine),
    now,
  })
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
  const comment = commentId === undefined ? null : await withdrawComment(db, task, commentId)
  const unused = await removeUnusedLabels({ db, ownerId }, { ids: madeLabels, taskIds: together })
  return {
    result: task.id,
    rows: [
      taskUpdate({ task, version }, restored),
      ...restoring.rows,
      ...(openedQuestion === undefined ? [] : [withdrawWithTask(openedQuestion, now)]),
      ...closedQuestions.map((id) => reopenQuestion(id, now)),
      ...logs.rows,
      ...(comment?.rows ?? []),
      ...unused.rows,
    ],
    events: [...events, ...logs.events, ...(comment?.events ?? [])],
    audit: [undoEntry(entry), ...restoring.audit, ...unused.audit],
  }
}

// What a waiting agent has received can't be taken back.
async function requireUnfetched({ ownerId }: Ctx, db: Reader, closedQuestions: readonly string[]) {
  const fetched = (await findQuestions({ db, ownerId }, closedQuestions)).find(
    ({ returnsTo, fetchedAt }) => returnsTo === null && fetchedAt !== null,
  )
  if (fetched !== undefined)
    throw new DomainError('conflict', `${fetched.name ?? 'The agent'} already has the answer.`)
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
async function withdrawComment(db: Reader, task: Task, commentId: string) {
  const [comment] = await db
    .select({ title: workLogs.title })
    .from(workLogs)
    .where(eq(workLogs.id, commentId))
  if (comment === undefined) return null
  const event: NewEvent = {
    type: 'WORKLOG_DELETED',
    entityId: commentId,
    projectId: task.project.id,
    payload: { title: comment.title, taskKey: task.key, kind: 'comment' },
  }
  return { rows: [remove(workLogs, { key: { id: commentId } })], events: [event] }
}
