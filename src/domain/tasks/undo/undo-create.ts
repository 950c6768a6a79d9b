import { and, asc, eq } from 'drizzle-orm'
import { auditLogs, tasks } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { TaskFields } from '../../core/audit/audit-meta.ts'
import { type AuditRecordOf, fieldsOf, toAuditRecord } from '../../core/audit/audit-record.ts'
import type { Recorded } from '../../core/commit/commit.ts'
import { remove } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { removeUnusedLabels } from '../../labels/labels.ts'
import { requireVersioned } from '../read.ts'
import { requireSame, undoEntry } from '../removal/restore.ts'
import { partAction } from '../snapshot.ts'

/** Deletes a new task with its message's further parts. Throws `conflict` if it has changed since. */
export async function undoCreate(
  { ownerId }: Ctx,
  db: Reader,
  entry: AuditRecordOf<'task.create'>,
): Promise<Recorded<string | null>> {
  const { taskId, after, madeLabels } = entry.meta
  const { task, version } = await requireVersioned({ db, ownerId }, taskId)
  requireSame(task, { ...after, ...(await readParts(db, entry)) })
  const unused = await removeUnusedLabels({ db, ownerId }, { ids: madeLabels, taskIds: [taskId] })
  return {
    result: null,
    rows: [remove(tasks, { key: { id: task.id }, version }), ...unused.rows],
    events: [
      {
        type: 'TASK_DELETED',
        entityId: task.key,
        projectId: task.project.id,
        payload: { title: task.title },
      },
    ],
    audit: [undoEntry(entry), ...unused.audit],
  }
}

/** Reads the changes that further parts of its message made to a new task. */
async function readParts(db: Reader, entry: AuditRecordOf<'task.create'>): Promise<TaskFields> {
  const parts = await db
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
