import { type AnyColumn, and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { projects, questions, runs, tasks, workLogs } from '../../../db/schema.ts'
import type { Db, Reader } from '../../../db/types.ts'
import type { AuditRecordOf } from '../../core/audit/audit-record.ts'
import type { Recorded } from '../../core/commit/commit.ts'
import { update } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { deleteExpiredRows } from '../../core/delete-expired.ts'
import { dayMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import { reopenQuestion } from '../../questions/store.ts'
import { restoreFields, undoEntry } from '../removal/restore.ts'
import type { Task } from '../task.ts'
import { newTaskRow } from '../write.ts'

/** How long a deletion can be restored. */
export const keptDeletionsMs = 30 * dayMs

/** Deletes the questions and runs of tasks that were deleted before `before`. Returns how many. */
export async function deleteExpiredSnapshots(
  { db, ownerId }: { readonly db: Db; readonly ownerId: string },
  before: Date,
): Promise<number> {
  const restorable = (facts: 'questionIds' | 'runIds') =>
    sql`select jsonb_array_elements_text(meta -> ${facts}::text) from audit_logs
      where owner_id = ${ownerId}::uuid and created_at >= ${before.toISOString()}::timestamptz and action = 'task.delete'`
  const isOver = (table: typeof questions | typeof runs, facts: 'questionIds' | 'runIds', began: AnyColumn) =>
    and(isNull(table.taskId), lt(began, before), sql`${table.id}::text not in (${restorable(facts)})`)
  const asked = await deleteExpiredRows(db, questions, isOver(questions, 'questionIds', questions.createdAt))
  return asked + (await deleteExpiredRows(db, runs, isOver(runs, 'runIds', runs.startedAt)))
}

/** Restores a deleted task with its key and work logs. Throws `conflict` after 30 days. */
export async function undoDelete(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'task.delete'>,
): Promise<Recorded<string | null>> {
  const { taskId, before, logIds, projectId, ...about } = entry.meta
  const key = entry.targetId ?? ''
  if (ctx.now().getTime() - entry.createdAt.getTime() > keptDeletionsMs)
    throw new DomainError(
      'conflict',
      `${key} was deleted more than 30 days ago and can't be restored any more.`,
    )
  const [existing] = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.ownerId, ctx.ownerId), or(eq(tasks.id, taskId), eq(tasks.taskKey, key))))
  if (existing !== undefined) throw new DomainError('conflict', `${key} already exists.`)
  const [project] = await db
    .select({ key: projects.projectKey })
    .from(projects)
    .where(and(eq(projects.id, projectId), isNull(projects.deletedAt)))
  if (project === undefined)
    throw new DomainError('not-found', `The project of ${key} is deleted. Restore it first.`)
  const { task, rows, audit } = await restoreFields(ctx, db, emptyTask(entry), before)
  const { questionIds = [], runIds = [], closedQuestions = [] } = about
  return {
    result: taskId,
    rows: [
      newTaskRow(ctx.ownerId, task),
      ...rows,
      ...logIds.map((id) =>
        update(workLogs, { key: { id }, expect: { taskId: null }, set: { taskId }, isOptional: true }),
      ),
      ...questionIds.map((id) => update(questions, { key: { id }, set: { taskId }, isOptional: true })),
      ...runIds.map((id) => update(runs, { key: { id }, set: { taskId }, isOptional: true })),
      ...closedQuestions.map((id) => reopenQuestion(id, ctx.now())),
    ],
    events: [
      {
        type: 'TASK_CREATED',
        entityId: key,
        projectId,
        payload: { title: task.title, status: task.status },
      },
    ],
    audit: [undoEntry(entry), ...audit],
  }
}

/** A task as it was created, to which the snapshot's fields are written back. */
function emptyTask({ meta, targetId }: AuditRecordOf<'task.delete'>): Task {
  const key = targetId ?? ''
  const [prefix = '', number = ''] = key.split('-')
  const { title, status, priority = 'none', createdAt } = meta.before
  const at = new Date(createdAt)
  return {
    id: meta.taskId,
    key,
    prefix,
    number: Number(number),
    title,
    note: null,
    status,
    priority,
    branch: null,
    engine: null,
    runState: null,
    runStateUpdatedAt: null,
    dueAt: null,
    focusedAt: null,
    sortOrder: '',
    archivedAt: null,
    createdAt: at,
    updatedAt: at,
    labels: [],
    project: { id: meta.projectId, key: prefix, name: '', repoUrl: null, deleted: false },
    question: null,
    lastRun: null,
    snoozedUntil: null,
  }
}
