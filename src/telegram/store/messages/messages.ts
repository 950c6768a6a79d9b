import { and, asc, desc, eq, gt, gte, inArray, isNotNull, lt, sql } from 'drizzle-orm'
import { type BotMessageRow, botMessages } from '../../../db/schema.ts'
import type { Db, Reader } from '../../../db/types.ts'
import { deleteExpiredRows } from '../../../domain/core/delete-expired.ts'
import { priorityValues } from './enqueue.ts'

export type { BotMessageRow } from '../../../db/schema.ts'

/** Finds the row of a message in a chat; null if the bot did not send it, or its row has expired. */
export async function findMessage(
  db: Reader,
  chatId: number,
  messageId: number,
): Promise<BotMessageRow | null> {
  const [row] = await db
    .select()
    .from(botMessages)
    .where(and(eq(botMessages.chatId, chatId), eq(botMessages.messageId, messageId)))
  return row ?? null
}

/** Finds a message by the id of its row; null if it has expired. */
export async function findMessageRow(db: Reader, id: number): Promise<BotMessageRow | null> {
  const [row] = await db.select().from(botMessages).where(eq(botMessages.id, id))
  return row ?? null
}

/** Whether a message to a chat is being sent: Telegram may have it, and its id is not known yet. */
export async function isSending(db: Reader, chatId: number): Promise<boolean> {
  const [row] = await db
    .select({ id: botMessages.id })
    .from(botMessages)
    .where(and(eq(botMessages.chatId, chatId), sql`${botMessages.state} = 'sending'`))
    .limit(1)
  return row !== undefined
}

/** Finds the newest prompt in a chat, sent since then, that still waits for its answer; null if there is none. */
export async function newestPrompt(db: Reader, chatId: number, since: Date): Promise<BotMessageRow | null> {
  const [row] = await db
    .select()
    .from(botMessages)
    .where(
      and(
        eq(botMessages.chatId, chatId),
        sql`${botMessages.purpose} = 'prompt'`,
        gte(botMessages.sentAt, since),
        isNotNull(botMessages.messageId),
      ),
    )
    .orderBy(desc(botMessages.id))
    .limit(1)
  return row ?? null
}

/** Whether a message is the bot's newest in its chat. */
export async function isNewestMessage(db: Reader, chatId: number, messageId: number): Promise<boolean> {
  const [newer] = await db
    .select({ id: botMessages.id })
    .from(botMessages)
    .where(and(eq(botMessages.chatId, chatId), gt(botMessages.messageId, messageId)))
    .limit(1)
  return newer === undefined
}

/** Finds the line that an update posted for a runner about a task; null if there is none. */
export async function findRunnerLine(
  db: Reader,
  { taskId, updateId }: { readonly taskId: string; readonly updateId: number },
): Promise<BotMessageRow | null> {
  const [row] = await db
    .select()
    .from(botMessages)
    .where(
      and(
        eq(botMessages.taskId, taskId),
        sql`${botMessages.topic} ->> 'kind' = 'runner'`,
        sql`${botMessages.topic} ->> 'updateId' = ${String(updateId)}`,
      ),
    )
    .orderBy(desc(botMessages.id))
    .limit(1)
  return row ?? null
}

/** Lists the ids of tasks reported in a period, alone or in lists, without what the owner asked for. */
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
        gte(botMessages.priority, priorityValues.urgent),
        gte(botMessages.createdAt, query.from),
        lt(botMessages.createdAt, query.to),
      ),
    )
    .orderBy(asc(botMessages.id))
  const taskIds = found.flatMap(({ taskId, topic }) => {
    const listed = topic?.kind === 'digest' ? topic.taskIds : []
    return taskId === null ? listed : [taskId, ...listed]
  })
  return [...new Set(taskIds)]
}

/** Clears the Telegram id of a message that was deleted from its chat, so nothing edits or deletes it again. */
export async function clearMessageId(db: Db, chatId: number, messageId: number): Promise<void> {
  await db
    .update(botMessages)
    .set({ messageId: null })
    .where(and(eq(botMessages.chatId, chatId), eq(botMessages.messageId, messageId)))
}

/** Deletes messages sent or failed before `before`; replies to them find nothing afterward. Returns how many. */
export async function deleteExpiredMessages(db: Db, before: Date): Promise<number> {
  const isExpired = and(
    lt(botMessages.createdAt, before),
    inArray(botMessages.state, ['sent', 'failed']),
    eq(botMessages.stale, false),
  )
  return deleteExpiredRows(db, botMessages, isExpired)
}
