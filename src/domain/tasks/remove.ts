import { eq } from 'drizzle-orm'
import { v7 } from 'uuid'
import { questions, runs, tasks, workLogs } from '../../db/schema.ts'
import type { Ctx } from '../context.ts'
import { markCardsOfDeleted } from '../living-cards.ts'
import { withdrawQuestions } from '../questions/store.ts'
import { requireProjectRight } from '../rights.ts'
import { heldError, isHeldBy } from '../runs/holder.ts'
import { requireDeletionRight } from './deletion-right.ts'
import { lockTask } from './lock.ts'
import { toSnapshot } from './snapshot.ts'
import { runOf, type Task } from './task.ts'

/** Deletes a task; its work logs stay, its key never comes back. Throws `not-found`; `conflict` if another agent works on it. */
export async function deleteTask(
  ctx: Ctx,
  reference: string,
): Promise<{ readonly task: Task; readonly auditId: string }> {
  return ctx.mutate(async (tx) => {
    const task = await lockTask(ctx, tx, reference)
    const run = runOf(task)
    requireProjectRight(ctx.actor, task.project.key)
    if (ctx.actor.kind === 'agent' && run !== null && !isHeldBy(run, ctx.actor))
      throw heldError(task.key, run, ctx.actor)
    await requireDeletionRight(ctx, tx, task)
    const logs = await tx.select({ id: workLogs.id }).from(workLogs).where(eq(workLogs.taskId, task.id))
    const closedQuestions = await withdrawQuestions(tx, task.id, ctx.now())
    const asked = await tx.select({ id: questions.id }).from(questions).where(eq(questions.taskId, task.id))
    const worked = await tx.select({ id: runs.id }).from(runs).where(eq(runs.taskId, task.id))
    await markCardsOfDeleted(tx, task.id, ctx.now())
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
            logIds: logs.map(({ id }) => id),
            questionIds: asked.map(({ id }) => id),
            runIds: worked.map(({ id }) => id),
            closedQuestions,
          },
        },
      ],
    }
  })
}
