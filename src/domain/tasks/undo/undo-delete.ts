import { type AnyColumn, and, inArray, isNull, lt, sql } from 'drizzle-orm'
import { questions, runs, tasks, workLogs } from '../../../db/schema.ts'
import type { Db, Tx } from '../../../db/types.ts'
import type { AuditRecordOf } from '../../core/audit/audit-record.ts'
import type { Change, Ctx } from '../../core/context.ts'
import { deleteExpiredRows } from '../../core/delete-expired.ts'
import { dayMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import { reopenQuestions } from '../../questions/store.ts'
import { requireTask } from '../read.ts'
import { restoreTask, undoEntry } from '../removal/restore.ts'
import type { Task } from '../task.ts'

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
  tx: Tx,
  entry: AuditRecordOf<'task.delete'>,
): Promise<Change<Task>> {
  const { taskId, before, logIds, projectId, ...about } = entry.meta
  const key = entry.targetId ?? ''
  if (ctx.now().getTime() - entry.createdAt.getTime() > keptDeletionsMs)
    throw new DomainError(
      'conflict',
      `${key} was deleted more than 30 days ago and can't be restored any more.`,
    )
  const [prefix = '', number = ''] = key.split('-')
  const inserted = await tx
    .insert(tasks)
    .values({
      id: taskId,
      ownerId: ctx.ownerId,
      projectId,
      taskKey: key,
      taskPrefix: prefix,
      taskNumber: Number(number),
      title: before.title,
      status: before.status,
      createdAt: new Date(before.createdAt),
    })
    .onConflictDoNothing()
    .returning({ id: tasks.id })
  if (inserted.length === 0) throw new DomainError('conflict', `${key} already exists.`)
  const labelAudit = await restoreTask(ctx, tx, { id: taskId, status: before.status }, before)
  if (logIds.length > 0) {
    await tx
      .update(workLogs)
      .set({ taskId })
      .where(and(inArray(workLogs.id, [...logIds]), isNull(workLogs.taskId)))
  }
  const { questionIds = [], runIds = [], closedQuestions = [] } = about
  await tx
    .update(questions)
    .set({ taskId })
    .where(inArray(questions.id, [...questionIds]))
  await tx
    .update(runs)
    .set({ taskId })
    .where(inArray(runs.id, [...runIds]))
  await reopenQuestions(tx, closedQuestions, ctx.now())
  const task = await requireTask({ db: tx, ownerId: ctx.ownerId }, taskId)
  return {
    result: task,
    events: [
      {
        type: 'TASK_CREATED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { title: task.title, status: task.status },
      },
    ],
    audit: [undoEntry(entry), ...labelAudit],
  }
}
