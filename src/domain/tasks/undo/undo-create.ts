import { and, asc, eq } from 'drizzle-orm'
import { auditLogs, tasks } from '../../../db/schema.ts'
import type { Tx } from '../../../db/types.ts'
import type { TaskFields } from '../../core/audit/audit-meta.ts'
import { type AuditRecordOf, fieldsOf, toAuditRecord } from '../../core/audit/audit-record.ts'
import type { Change, Ctx } from '../../core/context.ts'
import { deleteUnusedLabels } from '../../labels/labels.ts'
import { lockTask } from '../lock.ts'
import { requireSame, undoEntry } from '../removal/restore.ts'
import { partAction } from '../snapshot.ts'

/** Deletes a new task with its message's further parts. Throws `conflict` if it has changed since. */
export async function undoCreate(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'task.create'>,
): Promise<Change<null>> {
  const { taskId, after, madeLabels } = entry.meta
  const task = await lockTask(ctx, tx, taskId)
  requireSame(task, { ...after, ...(await readParts(tx, entry)) })
  await tx.delete(tasks).where(eq(tasks.id, task.id))
  return {
    result: null,
    events: [
      {
        type: 'TASK_DELETED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { title: task.title },
      },
    ],
    audit: [undoEntry(entry), ...(await deleteUnusedLabels(tx, ctx.ownerId, madeLabels))],
  }
}

/** Reads the changes that further parts of its message made to a new task. */
async function readParts(tx: Tx, entry: AuditRecordOf<'task.create'>): Promise<TaskFields> {
  const parts = await tx
    .select()
    .from(auditLogs)
    .where(
      and(
        eq(auditLogs.ownerId, entry.ownerId),
        eq(auditLogs.targetType, 'task'),
        eq(auditLogs.targetId, entry.targetId ?? ''),
        eq(auditLogs.action, partAction),
      ),
    )
    .orderBy(asc(auditLogs.createdAt), asc(auditLogs.id))
  return Object.assign({}, ...parts.map((part) => fieldsOf(toAuditRecord(part)).after))
}
