import { and, inArray, isNull } from 'drizzle-orm'
import { type AuditRow, questions, runs, tasks, workLogs } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Change, Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { reopenQuestions } from '../questions/store.ts'
import { requireTask } from './read.ts'
import { restoreTask, undoEntry } from './restore.ts'
import type { TaskSnapshot } from './snapshot.ts'
import type { Task } from './task.ts'

/** Puts a deleted task back under its key, with its work logs. */
export async function undoDelete(ctx: Ctx, tx: Tx, entry: AuditRow): Promise<Change<Task>> {
  const { taskId, before, logIds, projectId, ...about } = entry.meta as {
    readonly questionIds?: readonly string[]
    readonly runIds?: readonly string[]
    readonly closedQuestions?: readonly string[]
    readonly taskId: string
    readonly before: TaskSnapshot & { readonly createdAt: string }
    readonly logIds: readonly string[]
    readonly projectId: string
  }
  const key = entry.targetId ?? ''
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
