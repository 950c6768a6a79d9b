import { and, asc, eq, isNull, or, sql } from 'drizzle-orm'
import { projects, taskLabelAssignments, taskLabels, tasks } from '../../db/schema.ts'
import type { Ctx } from '../context.ts'
import { requireTask } from './read.ts'
import { taskAudit } from './snapshot.ts'
import type { Engine, Task } from './task.ts'
import { writeTask } from './write.ts'

/** What an agent is ready to take. A task that names an engine is only for that engine. */
export interface ClaimInput {
  readonly engine?: Engine | undefined
  readonly projectKey?: string | undefined
  readonly label?: string | undefined
  /** `todo`: also what nobody asked an agent to do yet. */
  readonly status?: 'todo' | undefined
}

/** Hands out the first fitting task that waits queued, else, where asked, the first in todo; null where there is none. */
export async function claimTask(ctx: Ctx, input: ClaimInput): Promise<Task | null> {
  return ctx.mutate(async (tx) => {
    const fits = and(
      eq(tasks.ownerId, ctx.ownerId),
      isNull(projects.deletedAt),
      input.engine === undefined ? undefined : or(isNull(tasks.engine), eq(tasks.engine, input.engine)),
      input.projectKey === undefined ? undefined : eq(projects.projectKey, input.projectKey.toUpperCase()),
      input.label === undefined
        ? undefined
        : sql`exists (select from ${taskLabelAssignments} join ${taskLabels} on ${taskLabels.id} = ${taskLabelAssignments.labelId}
            where ${taskLabelAssignments.taskId} = ${tasks.id} and lower(${taskLabels.name}) = lower(${input.label}))`,
    )
    const waiting = [
      { state: eq(tasks.runState, 'queued' as const), order: asc(tasks.runStateUpdatedAt) },
      ...(input.status === 'todo'
        ? [{ state: and(isNull(tasks.runState), eq(tasks.status, 'todo')), order: asc(tasks.sortOrder) }]
        : []),
    ]
    for (const { state, order } of waiting) {
      // Rows that another claim holds are passed over, so two agents never get the same one and neither waits.
      const [picked] = await tx
        .select({ id: tasks.id })
        .from(tasks)
        .innerJoin(projects, eq(projects.id, tasks.projectId))
        .where(and(fits, state))
        .orderBy(order, asc(tasks.sortOrder))
        .limit(1)
        .for('update', { of: tasks, skipLocked: true })
      if (picked === undefined) continue
      const before = await requireTask({ db: tx, ownerId: ctx.ownerId }, picked.id)
      const now = ctx.now()
      const task: Task = { ...before, runState: 'running', runStateUpdatedAt: now, updatedAt: now }
      return {
        result: task,
        events: [
          {
            type: 'TASK_UPDATED',
            entityId: task.key,
            projectId: task.project.id,
            payload: {
              changedFields: ['run_state'],
              title: task.title,
              runState: { from: before.runState, to: 'running' },
            },
          },
        ],
        audit: [taskAudit('task.claim', before, task)],
        sent: writeTask(tx, task),
      }
    }
    return { unchanged: true, result: null }
  })
}
