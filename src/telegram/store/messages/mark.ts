import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { type BotMessageRow, botMessages } from '../../../db/schema.ts'
import type { Db } from '../../../db/types.ts'
import type { MessagePurpose } from './enqueue.ts'
import { editIntervalMs } from './limits.ts'
import type { ReplyTopic } from './reply-topic.ts'
import type { StoredRequest } from './stored-request.ts'

const maxErrorLength = 500

/**
 * Marks a row as being sent before the call, so a crash leaves it in `sending`. Returns false if the row has changed since it was
 * read: during a takeover two processes may read it, and only one may send it.
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

/** Marks a message as sent; the earlier cards of its task become stale. */
export async function markSent(
  db: Db,
  id: number,
  sent: { readonly messageId: number; readonly contentHash?: string | null; readonly now: Date },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select({
        chatId: botMessages.chatId,
        taskId: botMessages.taskId,
        purpose: botMessages.purpose,
      })
      .from(botMessages)
      .where(eq(botMessages.id, id))
    if (row === undefined) return
    // A Bot API server that started over reuses message ids; the older row loses its id.
    await tx
      .update(botMessages)
      .set({ messageId: null })
      .where(and(eq(botMessages.chatId, row.chatId), eq(botMessages.messageId, sent.messageId)))
    await tx
      .update(botMessages)
      .set({
        state: 'sent',
        messageId: sent.messageId,
        sentAt: sent.now,
        error: null,
        request: null,
        attempts: 0,
        notBefore: nextEdit(sent.now),
        contentHash: sent.contentHash ?? null,
      })
      .where(eq(botMessages.id, id))
    if (row.purpose === 'card' && row.taskId !== null) await markSuperseded(tx, row.chatId, row.taskId)
  })
}

/** Marks the earlier cards of a task for removal: only the newest card in a chat has buttons. */
async function markSuperseded(db: Db, chatId: number, taskId: string): Promise<void> {
  const isShown = sql`chat_id = ${chatId}::bigint and task_id = ${taskId}::uuid and purpose = 'card'
    and state = 'sent' and message_id is not null`
  await db.execute(
    sql`update ${botMessages} set stale = true, not_before = null
      where ${isShown} and id < (select max(id) from ${botMessages} where ${isShown})`,
  )
}

/** Marks a message as edited. Its next automatic edit waits three seconds. */
export async function markEdited(db: Db, id: number, contentHash: string | null, now: Date): Promise<void> {
  await db
    .update(botMessages)
    .set({
      contentHash,
      editedAt: now,
      error: null,
      request: null,
      attempts: 0,
      notBefore: nextEdit(now),
    })
    .where(eq(botMessages.id, id))
}

function nextEdit(now: Date): Date {
  return new Date(now.getTime() + editIntervalMs)
}

/** Why a message was not sent, and what happens next. */
export interface NotSent {
  /** `pending`: it is tried again at `notBefore`; `uncertain`: it may have arrived; `failed`: it is given up. */
  readonly state: 'pending' | 'uncertain' | 'failed'
  readonly error: string
  readonly notBefore?: Date | null
  /** Absent: unchanged. */
  readonly attempts?: number
}

/** Records that a message was not sent, or may not have been. */
export async function markNotSent(db: Db, id: number, notSent: NotSent): Promise<void> {
  const { state, error, notBefore = null, attempts } = notSent
  await db
    .update(botMessages)
    .set({
      state,
      error: error.slice(0, maxErrorLength),
      notBefore,
      ...(attempts === undefined ? {} : { attempts }),
    })
    .where(eq(botMessages.id, id))
}

/** Queues an edit of a message: to this request, or for a card (null) to the current state of its task. */
export async function markForEdit(db: Db, id: number, request: StoredRequest | null): Promise<void> {
  await db
    .update(botMessages)
    .set({ request: request === null ? null : { ...request }, stale: true })
    .where(eq(botMessages.id, id))
}

/** Postpones an edit that failed. */
export async function postponeEdit(db: Db, id: number, notBefore: Date, error: string): Promise<void> {
  await db
    .update(botMessages)
    .set({ notBefore, error: error.slice(0, maxErrorLength), attempts: sql`${botMessages.attempts} + 1` })
    .where(eq(botMessages.id, id))
}

/** Sets the chat and topic of an unsent message: the owner may have bound another chat since it was queued. */
export async function setDestination(
  db: Db,
  id: number,
  to: { readonly chatId: number; readonly threadId: number | null },
): Promise<void> {
  await db.update(botMessages).set(to).where(eq(botMessages.id, id))
}

/** Marks messages that a crash left in `sending` as uncertain, since they may have arrived. Returns how many. */
export async function recoverSending(db: Db): Promise<number> {
  const found = await db
    .update(botMessages)
    .set({ state: 'uncertain', attempts: 1 })
    .where(eq(botMessages.state, 'sending'))
    .returning({ id: botMessages.id })
  return found.length
}

/** Changes what a message is about, e.g. when a screen shows another task. */
export async function setSubject(
  db: Db,
  chatId: number,
  messageId: number,
  about: {
    readonly purpose: MessagePurpose
    readonly taskId: string | null
    readonly topic?: ReplyTopic | null
  },
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .update(botMessages)
      .set({ purpose: about.purpose, taskId: about.taskId, topic: about.topic ? { ...about.topic } : null })
      .where(and(eq(botMessages.chatId, chatId), eq(botMessages.messageId, messageId)))
    if (about.purpose === 'card' && about.taskId !== null) await markSuperseded(tx, chatId, about.taskId)
  })
}
