import { eq } from 'drizzle-orm'
import { v7 } from 'uuid'
import { tasks, workLogs } from '../../db/schema.ts'
import type { Ctx } from '../context.ts'
import { lockTask } from './lock.ts'
import { toSnapshot } from './snapshot.ts'
import type { Task } from './task.ts'

/** Deletes a task; its work logs stay, its key never comes back. Throws `not-found`. */
export async function deleteTask(
  ctx: Ctx,
  reference: string,
): Promise<{ readonly task: Task; readonly auditId: string }> {
  return ctx.mutate(async (tx) => {
    const task = await lockTask(ctx, tx, reference)
    const logs = await tx.select({ id: workLogs.id }).from(workLogs).where(eq(workLogs.taskId, task.id))
    await tx.delete(tasks).where(eq(tasks.id, task.id))
    const auditId = v7()
    return {
      result: { task, auditId },
      events: [
        {
          type: 'TASK_DELETED',
          entityId: task.key,
          projectId: task.project.id,
          payload: { title: task.title },
        },
      ],
      audit: [
        {
          id: auditId,
          action: 'task.delete',
          targetType: 'task',
          targetId: task.key,
          meta: {
            taskId: task.id,
            projectId: task.project.id,
            before: { ...toSnapshot(task), createdAt: task.createdAt.toISOString() },
            logIds: logs.map((log) => log.id),
          },
        },
      ],
    }
  })
}
