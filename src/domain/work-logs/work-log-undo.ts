import { and, eq } from 'drizzle-orm'
import { tasks, workLogs } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { NewEvent } from '../core/events.ts'

/** Deletes a work log written by hand. Throws `conflict` if it's already gone. Part of `undoChange`. */
export async function undoWorkLog(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'worklog.create'>,
): Promise<{ readonly result: null; readonly events: readonly NewEvent[] }> {
  const [log] = await tx
    .delete(workLogs)
    .where(and(eq(workLogs.id, entry.targetId ?? ''), eq(workLogs.ownerId, ctx.ownerId)))
    .returning()
  if (log === undefined) throw new DomainError('conflict', 'That work log is already gone.')
  const [task] =
    log.taskId === null
      ? []
      : await tx.select({ key: tasks.taskKey }).from(tasks).where(eq(tasks.id, log.taskId))
  return {
    result: null,
    events: [
      {
        type: 'WORKLOG_DELETED',
        entityId: log.id,
        projectId: log.projectId,
        payload: { title: log.title, taskKey: task?.key ?? null, kind: 'manual' },
      },
    ],
  }
}
