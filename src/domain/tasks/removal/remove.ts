import { eq } from 'drizzle-orm'
import { v7 } from 'uuid'
import { questions, runs, tasks, workLogs } from '../../../db/schema.ts'
import { requireProjectRight } from '../../access/rights.ts'
import type { Change } from '../../core/commit/commit.ts'
import { type Param, remove, type Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { withdrawWithTask } from '../../questions/store.ts'
import { heldError, isHeldBy } from '../../runs/holder.ts'
import { requireVersioned } from '../read.ts'
import { toSnapshot } from '../snapshot.ts'
import { runOf, type Task } from '../task.ts'
import { deletionLimitError, readDeletionLimit, refuseDeletion } from './deletion-limit.ts'
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
  const deleted = await ctx.commit(async (db): Promise<Change<Deleted | DomainError>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const { task, version } = await requireVersioned(scope, reference)
    const { actor: agent } = ctx
    const run = runOf(task)
    requireProjectRight(agent, task.project.key)
    if (agent.kind === 'agent' && run !== null && !isHeldBy(run, agent)) throw heldError(task.key, run, agent)
    await requireDeletionRight(ctx, db, task)
    const limit = agent.kind === 'agent' ? await readDeletionLimit(ctx, db, agent) : null
    if (agent.kind === 'agent' && limit?.isReached)
      return refuseDeletion(ctx, { agent, limit: limit.limit, task, result: deletionLimitError(agent) })
    const logs = await db.select({ id: workLogs.id }).from(workLogs).where(eq(workLogs.taskId, task.id))
    const asked = await db
      .select({ id: questions.id, state: questions.state })
      .from(questions)
      .where(eq(questions.taskId, task.id))
    const worked = await db.select({ id: runs.id }).from(runs).where(eq(runs.taskId, task.id))
    const closedQuestions = asked.flatMap(({ id, state }) => (state === 'open' ? [id] : []))
    const auditId = v7()
    return {
      result: { task, auditId },
      rows: [
        ...(limit?.rows ?? []),
        ...closedQuestions.map((id) => withdrawWithTask(id, ctx.now())),
        markCardsOfDeleted(task.id, ctx.now()),
        remove(tasks, { key: { id: task.id }, version }),
      ],
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
function markCardsOfDeleted(taskId: string, now: Date): Write {
  // After the answer to the owner's tap, which replaces the tapped card.
  const notBefore = new Date(now.getTime() + 3_000).toISOString()
  const statement = ({ param }: { readonly param: Param }) => `update bot_messages
    set stale = true, not_before = ${param(notBefore)}::timestamptz
    where task_id = ${param(taskId)}::uuid and purpose = 'card' and state = 'sent' and message_id is not null`
  return { kind: 'statement', statement }
}
