import { v7 } from 'uuid'
import { tasks } from '../../../db/schema.ts'
import type { Change, NumberedChange } from '../../core/commit/commit.ts'
import { update } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { requireProject } from '../../projects/read.ts'
import { arrival, arrivalFacts } from '../former-keys.ts'
import { requireVersioned } from '../read.ts'
import { changedFacts } from '../snapshot.ts'
import type { Task } from '../task.ts'
import type { Edited } from './decide-edit.ts'

/**
 * Moves a task to another project, where it gets the next key. The retired key leads to the new one.
 * Throws `not-found`, and `conflict` for anyone but the owner.
 */
export async function moveToProject(ctx: Ctx, reference: string, projectKey: string): Promise<Edited> {
  if (ctx.actor.kind !== 'owner')
    throw new DomainError('conflict', 'Only the owner moves a task to another project.')
  return ctx.commit(async (db): Promise<Change<Edited> | NumberedChange<Edited>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const { task, version } = await requireVersioned(scope, reference)
    if (task.project.key === projectKey.toUpperCase())
      return { unchanged: true, result: { task, auditId: null } }
    const { id, projectKey: prefix, name, repoUrl } = await requireProject(scope, projectKey)
    const project = { id, key: prefix, name, repoUrl, deleted: false }
    const brought = await arrivalFacts(scope, task)
    const updatedAt = ctx.now()
    const auditId = v7()
    const withNumber = (number: number) => {
      const key = `${prefix}-${number}`
      const moved: Task = { ...task, key, prefix, number, project, updatedAt }
      const set = { projectId: id, taskPrefix: prefix, taskNumber: number, taskKey: key, updatedAt }
      return {
        result: { task: moved, before: task, auditId },
        rows: [update(tasks, { key: { id: task.id }, version, set })],
        events: [
          {
            type: 'TASK_UPDATED' as const,
            entityId: key,
            projectId: id,
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
        ] as const,
      }
    }
    return { prefix, withNumber }
  })
}
