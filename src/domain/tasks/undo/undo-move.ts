import { and, eq, isNull } from 'drizzle-orm'
import { projects, tasks } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { AuditRecordOf } from '../../core/audit/audit-record.ts'
import type { Recorded } from '../../core/commit/commit.ts'
import { update } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { arrivalFacts } from '../former-keys.ts'
import { requireVersioned } from '../read.ts'
import { requireSame, undoEntry } from '../removal/restore.ts'

/** Moves a task back to its former project and key. The key it had in between leads there. */
export async function undoMoveToProject(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'task.project'>,
): Promise<Recorded<string | null>> {
  const { taskId, after } = entry.meta
  const scope = { db, ownerId: ctx.ownerId }
  const { task, version } = await requireVersioned(scope, taskId)
  requireSame(task, after)
  const key = entry.targetId ?? ''
  const [prefix = '', number = ''] = key.split('-')
  const [project] = await db
    .select({ id: projects.id })
    .from(projects)
    .where(
      and(eq(projects.ownerId, ctx.ownerId), eq(projects.projectKey, prefix), isNull(projects.deletedAt)),
    )
  if (project === undefined)
    throw new DomainError('conflict', `The project ${prefix} is deleted. Restore it first.`)
  const set = {
    projectId: project.id,
    taskKey: key,
    taskPrefix: prefix,
    taskNumber: Number(number),
    updatedAt: ctx.now(),
  }
  const brought = await arrivalFacts(scope, task)
  const undo = undoEntry(entry)
  return {
    result: task.id,
    rows: [update(tasks, { key: { id: task.id }, version, set })],
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
