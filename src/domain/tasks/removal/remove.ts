import { and, eq, isNotNull } from 'drizzle-orm'
import { v7 } from 'uuid'
import { botMessages, questions, runs, tasks, workLogs } from '../../../db/schema.ts'
import type { Db } from '../../../db/types.ts'
import { requireProjectRight } from '../../access/rights.ts'
import type { Change, Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { withdrawQuestions } from '../../questions/store.ts'
import { heldError, isHeldBy } from '../../runs/holder.ts'
import { lockTask } from '../lock.ts'
import { toSnapshot } from '../snapshot.ts'
import { runOf, type Task } from '../task.ts'
import { deletionLimitError, isOverDeletionLimit, refuseDeletion } from './deletion-limit.ts'
import { requireDeletionRight } from './deletions.ts'

interface Deleted {
  readonly task: Task
  readonly auditId: string
}

/**
 * Deletes a task. Its work logs stay, and its key is never reused. Throws `not-found`, `forbidden`, and `conflict` if another agent
 * works on it or after an agent's fifth deletion within an hour, which asks the owner.
 */
export async function deleteTask(ctx: Ctx, reference: string): Promise<Deleted> {
  const deleted = await ctx.mutate(async (tx): Promise<Change<Deleted | DomainError>> => {
    const task = await lockTask(ctx, tx, reference)
    const run = runOf(task)
    requireProjectRight(ctx.actor, task.project.key)
    if (ctx.actor.kind === 'agent' && run !== null && !isHeldBy(run, ctx.actor))
      throw heldError(task.key, run, ctx.actor)
    await requireDeletionRight(ctx, tx, task)
    const { actor: agent } = ctx
    if (agent.kind === 'agent' && (await isOverDeletionLimit(ctx, tx, agent)))
      return refuseDeletion(ctx, tx, { agent, task, result: deletionLimitError(agent) })
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
  // Thrown after the commit, so the owner is asked.
  if (deleted instanceof DomainError) throw deleted
  return deleted
}

/** Marks the cards of a task for removal before the task is deleted, in all chats. */
async function markCardsOfDeleted(db: Db, taskId: string, now: Date): Promise<void> {
  // After the answer to the owner's tap, which replaces the tapped card.
  const notBefore = new Date(now.getTime() + 3_000)
  await db
    .update(botMessages)
    .set({ stale: true, notBefore })
    .where(
      and(
        eq(botMessages.taskId, taskId),
        eq(botMessages.purpose, 'card'),
        eq(botMessages.state, 'sent'),
        isNotNull(botMessages.messageId),
      ),
    )
}
