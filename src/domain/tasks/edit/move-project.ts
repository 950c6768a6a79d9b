import { and, eq, isNull } from 'drizzle-orm'
import { v7 } from 'uuid'
import { projects, tasks } from '../../../db/schema.ts'
import type { Change, Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { arrival, arrivalFacts } from '../former-keys.ts'
import { lockTask } from '../lock.ts'
import { requireTask } from '../read.ts'
import { changedFacts } from '../snapshot.ts'
import type { Edited } from './edit.ts'
import { nextTaskNumber } from './keys.ts'

/**
 * Moves a task to another project, where it gets the next key. The retired key leads to the new one.
 * Throws `not-found`, and `conflict` for anyone but the owner.
 */
export async function moveToProject(ctx: Ctx, reference: string, projectKey: string): Promise<Edited> {
  if (ctx.actor.kind !== 'owner')
    throw new DomainError('conflict', 'Only the owner moves a task to another project.')
  return ctx.mutate(async (tx): Promise<Change<Edited>> => {
    const task = await lockTask(ctx, tx, reference)
    if (task.project.key === projectKey.toUpperCase())
      return { unchanged: true, result: { task, auditId: null } }
    const [project] = await tx
      .select({ id: projects.id, key: projects.projectKey })
      .from(projects)
      .where(
        and(
          eq(projects.ownerId, ctx.ownerId),
          eq(projects.projectKey, projectKey.toUpperCase()),
          isNull(projects.deletedAt),
        ),
      )
    if (project === undefined)
      throw new DomainError('not-found', `There is no project ${projectKey.slice(0, 20)}.`)
    const number = await nextTaskNumber(tx, ctx.ownerId, project.key)
    const key = `${project.key}-${number}`
    await tx
      .update(tasks)
      .set({
        projectId: project.id,
        taskPrefix: project.key,
        taskNumber: number,
        taskKey: key,
        updatedAt: ctx.now(),
      })
      .where(eq(tasks.id, task.id))
    const scope = { db: tx, ownerId: ctx.ownerId }
    const moved = await requireTask(scope, task.id)
    const brought = await arrivalFacts(scope, task)
    const auditId = v7()
    return {
      result: { task: moved, auditId },
      events: [
        {
          type: 'TASK_UPDATED',
          entityId: key,
          projectId: project.id,
          payload: { changedFields: ['project'], title: task.title },
        },
      ],
      // The entry is filed under the retired key, which leads to the new one; the arrival entry leads back.
      audit: [
        {
          id: auditId,
          action: 'task.project',
          targetType: 'task',
          targetId: task.key,
          meta: { ...changedFacts(task, moved), newKey: key },
        },
        { action: arrival, targetType: 'task', targetId: key, meta: { taskId: task.id, ...brought } },
      ],
    }
  })
}
