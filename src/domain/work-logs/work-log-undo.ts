import { and, eq } from 'drizzle-orm'
import { tasks, workLogs } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import { remove, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { NewEvent } from '../core/events.ts'

/** Deletes a work log written by hand. Throws `conflict` if it's already gone. Part of `undoChange`. */
export async function undoWorkLog(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'worklog.create'>,
): Promise<{ readonly rows: readonly Write[]; readonly events: readonly NewEvent[] }> {
  const [log] = await db
    .select({ id: workLogs.id, title: workLogs.title, projectId: workLogs.projectId, taskKey: tasks.taskKey })
    .from(workLogs)
    .leftJoin(tasks, eq(tasks.id, workLogs.taskId))
    .where(and(eq(workLogs.id, entry.targetId ?? ''), eq(workLogs.ownerId, ctx.ownerId)))
  if (log === undefined) throw new DomainError('conflict', 'That work log is already gone.')
  const { id, title, projectId, taskKey } = log
  return {
    rows: [remove(workLogs, { key: { id } })],
    events: [
      {
        type: 'WORKLOG_DELETED',
        entityId: id,
        projectId,
        payload: { title, taskKey, kind: 'manual' },
      },
    ],
  }
}
