import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm'
import { type BotMessageRow, botMessages, snoozes } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { deleteExpiredRows } from '../../domain/core/delete-expired.ts'
import { type NotificationGroup, priorities, type ReplyTopic, type StoredRequest } from './messages.ts'

/**
 * Counts an attempt before it is made: a row found in `sending` after a crash may have arrived. Returns false where the row is not
 * as it was read: while one process takes over from another, both may look at it, and one of them sends it.
 */
export async function beginAttempt(db: Db, row: BotMessageRow): Promise<boolean> {
  const begun = await db
    .update(botMessages)
    .set({ state: 'sending', attempts: row.attempts + 1 })
    .where(
      and(
        eq(botMessages.id, row.id),
        eq(botMessages.state, row.state),
        eq(botMessages.attempts, row.attempts),
        row.topic === null ? isNull(botMessages.topic) : isNotNull(botMessages.topic),
      ),
    )
    .returning({ id: botMessages.id })
  return begun.length > 0
}

/** Postpones an edit that did not succeed. */
export async function postponeEdit(db: Db, id: number, notBefore: Date, error: string): Promise<void> {
  await db
    .update(botMessages)
    .set({ notBefore, error: error.slice(0, 500), attempts: sql`${botMessages.attempts} + 1` })
    .where(eq(botMessages.id, id))
}

/** After a crash: what was being sent may have arrived. Returns how many. */
export async function recoverSending(db: Db): Promise<number> {
  const found = await db
    .update(botMessages)
    .set({ state: 'uncertain', attempts: 1 })
    .where(eq(botMessages.state, 'sending'))
    .returning({ id: botMessages.id })
  return found.length
}

/**
 * The next message whose turn it is: new, uncertain, or behind the truth; by rank, then age. Tokens take turns, so that the many
 * reports of one never delay a question from another: `served` has when each was served last, as a number that grows.
 */
export async function nextDue(
  db: Reader,
  now: Date,
  served: Readonly<Record<string, number>> = {},
): Promise<BotMessageRow | null> {
  const [row] = await db
    .select()
    .from(botMessages)
    .where(and(isWaiting, isDue(now)))
    .orderBy(
      turn(now),
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

// Edits come after what is finished, whatever rank their message had; the one edited longest ago is the first of them. What has
// waited behind them for a minute goes before them, so that cards that change all the time hold up nothing for ever.
function turn(now: Date) {
  const long = new Date(now.getTime() - maxBehindEditsMs).toISOString()
  return sql`case when ${isEdit} or (${botMessages.priority} > 2 and ${botMessages.createdAt} < ${long}::timestamptz) then 2
    else ${botMessages.priority} end`
}

const maxBehindEditsMs = 60_000
// Nothing is put off for longer than five minutes: what seems to be was put off before the clock was set back.
const maxPostponedMs = 10 * 60_000

function isDue(now: Date) {
  return or(
    isNull(botMessages.notBefore),
    lte(botMessages.notBefore, now),
    gt(botMessages.notBefore, new Date(now.getTime() + maxPostponedMs)),
  )
}

/** When the next message that was put off has its turn; null where none waits. */
export async function nextTurn(db: Reader): Promise<Date | null> {
  const [row] = await db
    .select({ at: botMessages.notBefore })
    .from(botMessages)
    .where(isWaiting)
    .orderBy(sql`${botMessages.notBefore} asc nulls first`)
    .limit(1)
  return row?.at ?? null
}

/** Sets where a message goes that is still to be sent: the owner may have bound another chat since it was queued. */
export async function setDestination(
  db: Db,
  id: number,
  to: { readonly chatId: number; readonly threadId: number | null },
): Promise<void> {
  await db.update(botMessages).set(to).where(eq(botMessages.id, id))
}

/** Messages of one group and topic that wait for their first sending, oldest first. */
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
 * Puts one message in the place of several that were not sent yet; it takes the row of the first of them, and files that were to go
 * with them are dropped. Does nothing if one of them is being sent.
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
    // Tasks that come back come back with the message that is left.
    await tx.update(snoozes).set({ messageId: first }).where(inArray(snoozes.messageId, rest))
    await tx.delete(botMessages).where(inArray(botMessages.id, rest))
  })
}

/** A message that says something else from now on, a card the truth: it is edited when its turn comes. */
export async function markForEdit(db: Db, id: number, request: StoredRequest | null): Promise<void> {
  await db
    .update(botMessages)
    .set({ request: request === null ? null : { ...request }, stale: true })
    .where(eq(botMessages.id, id))
}

/** A message by its row; null where retention took it. */
export async function findMessageRow(db: Reader, id: number): Promise<BotMessageRow | null> {
  const [row] = await db.select().from(botMessages).where(eq(botMessages.id, id))
  return row ?? null
}

/** Drops a message that waits; one that is being sent stays. */
export async function dropMessage(db: Db, id: number): Promise<void> {
  await db
    .delete(botMessages)
    .where(and(eq(botMessages.id, id), inArray(botMessages.state, ['pending', 'uncertain'])))
}

/** Makes a message that waits the newest of all: it gets a row with a new id, and whatever names the old one names that. */
export async function makeNewest(db: Db, id: number): Promise<void> {
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

/** The tasks that were reported in a period, those in lists included; what the owner asked for is left out. */
export async function reportedTasks(
  db: Reader,
  query: { readonly chatId: number; readonly from: Date; readonly to: Date },
): Promise<string[]> {
  const found = await db
    .select({ taskId: botMessages.taskId, topic: botMessages.topic })
    .from(botMessages)
    .where(
      and(
        eq(botMessages.chatId, query.chatId),
        inArray(botMessages.purpose, ['card', 'notification']),
        gte(botMessages.priority, priorities.needsYou),
        gte(botMessages.createdAt, query.from),
        lt(botMessages.createdAt, query.to),
      ),
    )
    .orderBy(asc(botMessages.id))
  const named = found.flatMap(({ taskId, topic }) => {
    const listed =
      (topic as unknown as ReplyTopic | null)?.kind === 'digest' ? (topic?.taskIds as string[]) : []
    return taskId === null ? listed : [taskId, ...listed]
  })
  return [...new Set(named)]
}

/** Forgets what was said before `before` and what failed then; a reply to such a message finds nothing. Returns how many. */
export async function deleteExpiredMessages(db: Db, before: Date): Promise<number> {
  const isOver = and(
    lt(botMessages.createdAt, before),
    inArray(botMessages.state, ['sent', 'failed']),
    eq(botMessages.stale, false),
  )
  return deleteExpiredRows(db, botMessages, isOver)
}

/** Whether a message is the newest of the bot's in its chat. */
export async function isNewestMessage(db: Reader, chatId: number, messageId: number): Promise<boolean> {
  const [newer] = await db
    .select({ id: botMessages.id })
    .from(botMessages)
    .where(and(eq(botMessages.chatId, chatId), gt(botMessages.messageId, messageId)))
    .limit(1)
  return newer === undefined
}
