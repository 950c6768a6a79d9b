import { and, asc, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import { botMessages, snoozes, tasks } from '../../../db/schema.ts'
import type { Db, Tx } from '../../../db/types.ts'
import { type Param, remove, upsert, type Write } from '../../core/commit/writes.ts'

// The life of a snooze: the task is parked until the time comes. Then a message that brings it back is queued, and the snooze names
// that message; from then on the task is awake. After the message is sent, the row is deleted.

/** Snoozes a task until a time, or ends its snooze with null. */
export function snoozeRows(taskId: string, until: Date | null): Write[] {
  // The unsent message about the task's return. Tasks that come back together share a message.
  const dropAnnouncement = ({ param }: { readonly param: Param }) => `delete from bot_messages using snoozes
    where snoozes.task_id = ${param(taskId)}::uuid and bot_messages.id = snoozes.message_id
      and bot_messages.task_id = snoozes.task_id and bot_messages.state = 'pending'`
  const snooze =
    until === null
      ? remove(snoozes, { key: { taskId }, isOptional: true })
      : upsert(snoozes, { taskId, until, messageId: null }, { on: ['taskId'], set: ['until', 'messageId'] })
  return [{ kind: 'statement', statement: dropAnnouncement }, snooze]
}

/**
 * Returns and locks the IDs of at most `limit` due snoozed tasks without a message, earliest first,
 * and skips those that another transaction has locked.
 */
export async function lockDueSnoozes(
  tx: Tx,
  { ownerId, now, limit }: { readonly ownerId: string; readonly now: Date; readonly limit: number },
): Promise<string[]> {
  const due = await tx
    .select({ taskId: snoozes.taskId })
    .from(snoozes)
    .innerJoin(tasks, eq(tasks.id, snoozes.taskId))
    .where(and(eq(tasks.ownerId, ownerId), lte(snoozes.until, now), isNull(snoozes.messageId)))
    .orderBy(asc(snoozes.until), asc(snoozes.taskId))
    .limit(limit)
    .for('update', { of: snoozes, skipLocked: true })
  return due.map(({ taskId }) => taskId)
}

/** Sets the message that brings a snoozed task back. */
export async function setSnoozeMessage(db: Db, taskId: string, messageId: number): Promise<void> {
  await db.update(snoozes).set({ messageId }).where(eq(snoozes.taskId, taskId))
}

/** Ends the snoozes of tasks that come back without a message. */
export async function endSnoozes(db: Db, taskIds: readonly string[]): Promise<void> {
  if (taskIds.length > 0) await db.delete(snoozes).where(inArray(snoozes.taskId, [...taskIds]))
}

/** Ends the snoozes whose message was sent or has permanently failed. */
export async function endAnnouncedSnoozes(db: Db): Promise<void> {
  const settled = db
    .select({ id: botMessages.id })
    .from(botMessages)
    .where(and(eq(botMessages.id, snoozes.messageId), sql`${botMessages.state} in ('sent', 'failed')`))
  await db.delete(snoozes).where(inArray(snoozes.messageId, settled))
}
