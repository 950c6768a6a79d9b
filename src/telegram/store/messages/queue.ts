import { and, asc, eq, getTableColumns, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { type BotMessageRow, botMessages, snoozes } from '../../../db/schema.ts'
import type { Db, Reader } from '../../../db/types.ts'
import { versionOf } from '../../../domain/core/commit/writes.ts'
import { minuteMs } from '../../../domain/core/durations.ts'
import { priorityValues } from './enqueue.ts'
import type { ReplyTopic } from './reply-topic.ts'
import type { NotificationGroup, StoredRequest } from './stored-request.ts'

/** A message to send or edit. */
export interface DueMessage extends BotMessageRow {
  /** The version of its row, which changes if it is marked again. */
  readonly version: string
}

/**
 * Returns the next message to send or edit, by priority, then age. Tokens take turns, so the many reports of one never delay a
 * question from another: `served` maps each token to a growing number of when it was last served.
 */
export async function nextDue(
  db: Reader,
  now: Date,
  served: Readonly<Record<string, number>> = {},
): Promise<DueMessage | null> {
  const [row] = await db
    .select({ ...getTableColumns(botMessages), version: versionOf(botMessages) })
    .from(botMessages)
    .where(and(isWaiting, isDue(now)))
    .orderBy(
      effectivePriority(now),
      sql`case when ${isEdit} then ${botMessages.notBefore} end nulls first`,
      sql`coalesce((${JSON.stringify(served)}::text::jsonb ->> coalesce(${botMessages.request} ->> 'sender', ''))::int, 0)`,
      asc(botMessages.id),
    )
    .limit(1)
  return row ?? null
}

const isEdit = sql`${botMessages.state} = 'sent'`
const isWaiting = or(
  inArray(botMessages.state, ['pending', 'uncertain']),
  and(eq(botMessages.state, 'sent'), botMessages.stale),
)

// Edits come after outcomes and before progress, least recently edited first. Progress that has waited for a minute joins them,
// so cards that change all the time can't hold it up forever.
function effectivePriority(now: Date) {
  const { edit } = priorityValues
  const before = new Date(now.getTime() - maxBehindEditsMs).toISOString()
  return sql`case when ${isEdit} or (${botMessages.priority} > ${edit}::int and ${botMessages.createdAt} < ${before}::timestamptz)
    then ${edit}::int else ${botMessages.priority} end`
}

const maxBehindEditsMs = minuteMs
// Nothing is postponed for more than five minutes; a later time was set before the clock was set back.
const maxPostponedMs = 10 * minuteMs

function isDue(now: Date) {
  return or(
    isNull(botMessages.notBefore),
    lte(botMessages.notBefore, now),
    gt(botMessages.notBefore, new Date(now.getTime() + maxPostponedMs)),
  )
}

/** Returns when the next postponed message is due; null if none waits. */
export async function nextDueAt(db: Reader): Promise<Date | null> {
  const [row] = await db
    .select({ at: botMessages.notBefore })
    .from(botMessages)
    .where(isWaiting)
    .orderBy(sql`${botMessages.notBefore} asc nulls first`)
    .limit(1)
  return row?.at ?? null
}

/** Returns the messages of one group and topic that wait for their first attempt, oldest first. */
export async function waitingInGroup(
  db: Reader,
  query: {
    readonly group: NotificationGroup
    readonly sender: string | undefined
    readonly threadId: number | null
    readonly limit: number
  },
): Promise<BotMessageRow[]> {
  return db
    .select()
    .from(botMessages)
    .where(
      and(
        eq(botMessages.state, 'pending'),
        sql`${botMessages.request} -> 'group' = ${JSON.stringify(query.group)}::text::jsonb`,
        sql`${botMessages.request} ->> 'sender' is not distinct from ${query.sender ?? null}::text`,
        query.threadId === null ? isNull(botMessages.threadId) : eq(botMessages.threadId, query.threadId),
        eq(botMessages.attempts, 0),
        isNull(botMessages.topic),
      ),
    )
    .orderBy(asc(botMessages.id))
    .limit(query.limit)
}

/**
 * Replaces several unsent messages with one, which takes the row of the first. Their tasks' unsent files are deleted. Does nothing
 * if one of them is being sent.
 */
export async function gatherMessages(
  db: Db,
  ids: readonly number[],
  message: { readonly topic: ReplyTopic; readonly request: StoredRequest },
): Promise<void> {
  const [first, ...rest] = ids
  if (first === undefined) return
  await db.transaction(async (tx) => {
    const waiting = await tx
      .select({ taskId: botMessages.taskId })
      .from(botMessages)
      .where(and(inArray(botMessages.id, [...ids]), eq(botMessages.state, 'pending')))
      .for('update')
    if (waiting.length < ids.length) return
    const taskIds = waiting.flatMap(({ taskId }) => taskId ?? [])
    await tx
      .delete(botMessages)
      .where(
        and(
          inArray(botMessages.taskId, taskIds),
          eq(botMessages.state, 'pending'),
          eq(botMessages.attempts, 0),
          sql`${botMessages.request} ? 'file' and not ${botMessages.request} ? 'group'`,
        ),
      )
    await tx
      .update(botMessages)
      .set({
        purpose: 'notification',
        taskId: null,
        topic: { ...message.topic },
        request: { ...message.request },
      })
      .where(eq(botMessages.id, first))
    if (rest.length === 0) return
    // Snoozes announced by the deleted messages are announced by this one.
    await tx.update(snoozes).set({ messageId: first }).where(inArray(snoozes.messageId, rest))
    await tx.delete(botMessages).where(inArray(botMessages.id, rest))
  })
}

/** Deletes a waiting message, unless it is being sent. */
export async function dropMessage(db: Db, id: number): Promise<void> {
  await db
    .delete(botMessages)
    .where(and(eq(botMessages.id, id), inArray(botMessages.state, ['pending', 'uncertain'])))
}

/** Moves a waiting message to the end: it gets a row with a new id, and a snooze that refers to it follows. */
export async function requeue(db: Db, id: number): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select()
      .from(botMessages)
      .where(and(eq(botMessages.id, id), inArray(botMessages.state, ['pending', 'uncertain'])))
      .for('update')
    if (row === undefined) return
    const { id: _, ...content } = row
    const [newest] = await tx.insert(botMessages).values(content).returning({ id: botMessages.id })
    await tx
      .update(snoozes)
      .set({ messageId: newest?.id ?? null })
      .where(eq(snoozes.messageId, id))
    await tx.delete(botMessages).where(eq(botMessages.id, id))
  })
}
