import { and, eq, isNull } from 'drizzle-orm'
import { projects, tasks } from '../../../db/schema.ts'
import type { Tx } from '../../../db/types.ts'
import type { AuditRecordOf } from '../../core/audit/audit-record.ts'
import type { Change, Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { arrivalFacts } from '../former-keys.ts'
import { lockTask } from '../lock.ts'
import { requireTask } from '../read.ts'
import { requireSame, undoEntry } from '../removal/restore.ts'
import type { Task } from '../task.ts'

/** Moves a task back to its former project and key. The key it had in between leads there. */
export async function undoMoveToProject(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'task.project'>,
): Promise<Change<Task>> {
  const { taskId, after } = entry.meta
  const task = await lockTask(ctx, tx, taskId)
  requireSame(task, after)
  const key = entry.targetId ?? ''
  const [prefix = '', number = ''] = key.split('-')
  const [project] = await tx
    .select({ id: projects.id })
    .from(projects)
    .where(
      and(eq(projects.ownerId, ctx.ownerId), eq(projects.projectKey, prefix), isNull(projects.deletedAt)),
    )
  if (project === undefined)
    throw new DomainError('conflict', `The project ${prefix} is deleted. Restore it first.`)
  await tx
    .update(tasks)
    .set({
      projectId: project.id,
      taskKey: key,
      taskPrefix: prefix,
      taskNumber: Number(number),
      updatedAt: ctx.now(),
    })
    .where(eq(tasks.id, task.id))
  const scope = { db: tx, ownerId: ctx.ownerId }
  const restored = await requireTask(scope, task.id)
  const brought = await arrivalFacts(scope, task)
  const undo = undoEntry(entry)
  return {
    result: restored,
    events: [
      {
        type: 'TASK_UPDATED',
        entityId: key,
        projectId: project.id,
        payload: { changedFields: ['project'], title: task.title },
      },
    ],
    audit: [
      { ...undo, meta: { ...undo.meta, ...brought } },
      { action: 'undo', targetType: 'task', targetId: task.key, meta: { ...undo.meta, taskId, newKey: key } },
    ],
  }
}
