import { and, asc, desc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { type BotMessageRow, botMessages } from '../db/schema.ts'
import type { Db, Reader } from '../db/types.ts'

export type { BotMessageRow } from '../db/schema.ts'

/** Why a message exists: a task's living card, news of an event, an answer to the owner, a question, a screen, the digest. */
export type MessagePurpose = 'card' | 'news' | 'answer' | 'prompt' | 'screen' | 'digest' | 'notice'

/** What a reply to a message means where it is more than a comment on its task. */
export type ReplyTopic =
  | { readonly kind: 'prompt'; readonly ask: PromptKind; readonly taskId?: string; readonly about?: string }
  | { readonly kind: 'digest'; readonly taskIds: readonly string[] }
  | DeckTopic
  | { readonly kind: 'list'; readonly query: string }

/** How far a triage deck has come. */
export interface DeckTopic {
  readonly kind: 'deck'
  readonly taskId: string | null
  readonly total: number
  /** Tasks that were moved or skipped. */
  readonly seen: number
  readonly skipped: readonly string[]
  /** Where tasks went, by status. */
  readonly tally: Readonly<Record<string, number>>
}

/** What the bot asked for in a message whose reply is the answer. */
export type PromptKind =
  | 'answer'
  | 'send-back'
  | 'title'
  | 'note'
  | 'criteria'
  | 'due'
  | 'label'
  | 'branch'
  | 'token-name'
  | 'time-zone'
  | 'digest-time'
  | 'quiet-hours'
  | 'project-name'
  | 'project-repo'
  | 'project-instructions'
  | 'search'
  | 'new-task'

/** A Bot API call kept until its turn: the method's name and its parameters but for the chat. */
export interface StoredRequest {
  readonly method: 'sendMessage' | 'sendDocument' | 'sendPhoto'
  readonly parameters: Readonly<Record<string, unknown>>
  /** A text file to be sent along, as `document`. */
  readonly file?: { readonly name: string; readonly content: string }
}

export interface NewMessage {
  readonly chatId: number
  readonly threadId?: number | null
  readonly purpose: MessagePurpose
  readonly taskId?: string | null
  readonly topic?: ReplyTopic | null
  /** Absent: rendered when its turn comes. */
  readonly request?: StoredRequest | null
  readonly rank?: number
  readonly notBefore?: Date | null
}

/** Rows of messages to be sent when their turn comes, in order. */
export async function queueMessages(db: Db, messages: readonly NewMessage[], now: Date): Promise<number[]> {
  if (messages.length === 0) return []
  const inserted = await db
    .insert(botMessages)
    .values(messages.map((message) => toRow(message, 'pending', now)))
    .returning({ id: botMessages.id })
  return inserted.map((row) => row.id)
}

/** The row of a message that is sent at once: it stands before the call is made. */
export async function beginMessage(db: Db, message: NewMessage, now: Date): Promise<number> {
  const [row] = await db
    .insert(botMessages)
    .values({ ...toRow(message, 'sending', now), attempts: 1 })
    .returning({ id: botMessages.id })
  if (row === undefined) throw new Error('no row for a message')
  return row.id
}

function toRow(message: NewMessage, state: BotMessageRow['state'], now: Date) {
  return {
    chatId: message.chatId,
    threadId: message.threadId ?? null,
    purpose: message.purpose,
    taskId: message.taskId ?? null,
    topic: message.topic === undefined || message.topic === null ? null : { ...message.topic },
    request: message.request === undefined || message.request === null ? null : { ...message.request },
    rank: message.rank ?? 3,
    notBefore: message.notBefore ?? null,
    state,
    createdAt: now,
  }
}

/** Telegram has taken it. */
export async function markSent(
  db: Db,
  id: number,
  sent: { readonly messageId: number; readonly contentHash?: string | null; readonly now: Date },
): Promise<void> {
  // A Telegram that began anew gives its message ids a second time; the older row lets go of the id.
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select({ chatId: botMessages.chatId })
      .from(botMessages)
      .where(eq(botMessages.id, id))
    if (row === undefined) return
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
        contentHash: sent.contentHash ?? null,
      })
      .where(eq(botMessages.id, id))
  })
}

/** A message in the chat shows this content now. */
export async function markEdited(db: Db, id: number, contentHash: string | null, now: Date): Promise<void> {
  await db
    .update(botMessages)
    .set({ stale: false, contentHash, editedAt: now, error: null })
    .where(eq(botMessages.id, id))
}

/** It was not taken; `state` says what becomes of it: `pending` again at `notBefore`, `uncertain` (it may have arrived), `failed`. */
export async function markRefused(
  db: Db,
  id: number,
  refusal: {
    readonly state: 'pending' | 'uncertain' | 'failed'
    readonly error: string
    readonly notBefore?: Date | null
  },
): Promise<void> {
  await db
    .update(botMessages)
    .set({ state: refusal.state, error: refusal.error.slice(0, 500), notBefore: refusal.notBefore ?? null })
    .where(eq(botMessages.id, id))
}

/** Counts an attempt before it is made: a row found in `sending` after a crash may have arrived. */
export async function beginAttempt(db: Db, id: number): Promise<void> {
  await db
    .update(botMessages)
    .set({ state: 'sending', attempts: sql`${botMessages.attempts} + 1` })
    .where(eq(botMessages.id, id))
}

/** Puts off an edit. */
export async function putOff(
  db: Db,
  id: number,
  notBefore: Date,
  error: string | null = null,
): Promise<void> {
  await db.update(botMessages).set({ notBefore, error }).where(eq(botMessages.id, id))
}

/** After a crash: what was being sent may have arrived. Returns how many. */
export async function recoverSending(db: Db): Promise<number> {
  const found = await db
    .update(botMessages)
    .set({ state: 'uncertain' })
    .where(and(eq(botMessages.state, 'sending')))
    .returning({ id: botMessages.id })
  return found.length
}

/** The next message whose turn it is: new, uncertain, or behind the truth; by rank, then age. */
export async function nextDue(db: Reader, now: Date): Promise<BotMessageRow | null> {
  const [row] = await db
    .select()
    .from(botMessages)
    .where(
      and(
        or(
          inArray(botMessages.state, ['pending', 'uncertain']),
          and(eq(botMessages.state, 'sent'), botMessages.stale),
        ),
        or(isNull(botMessages.notBefore), lte(botMessages.notBefore, now)),
      ),
    )
    .orderBy(asc(botMessages.rank), asc(botMessages.id))
    .limit(1)
  return row ?? null
}

/** When the next message that was put off has its turn; null where none waits. */
export async function nextTurn(db: Reader): Promise<Date | null> {
  const [row] = await db
    .select({ at: botMessages.notBefore })
    .from(botMessages)
    .where(
      or(
        inArray(botMessages.state, ['pending', 'uncertain']),
        and(eq(botMessages.state, 'sent'), botMessages.stale),
      ),
    )
    .orderBy(sql`${botMessages.notBefore} asc nulls first`)
    .limit(1)
  return row?.at ?? null
}

/** Marks the living cards of tasks as behind the truth; each is edited once, not before its time. */
export async function markCardsStale(db: Db, chatId: number, taskIds: readonly string[]): Promise<void> {
  if (taskIds.length === 0) return
  await db
    .update(botMessages)
    .set({ stale: true })
    .where(inArray(botMessages.id, latestCards(db, chatId, taskIds)))
}

function latestCards(db: Db, chatId: number, taskIds: readonly string[]) {
  return db
    .selectDistinctOn([botMessages.taskId], { id: botMessages.id })
    .from(botMessages)
    .where(
      and(
        eq(botMessages.chatId, chatId),
        eq(botMessages.purpose, 'card'),
        inArray(botMessages.taskId, [...taskIds]),
      ),
    )
    .orderBy(botMessages.taskId, desc(botMessages.id))
}

/** The living card of a task in a chat: the newest message of its kind. */
export async function livingCard(db: Reader, chatId: number, taskId: string): Promise<BotMessageRow | null> {
  const [row] = await db
    .select()
    .from(botMessages)
    .where(
      and(eq(botMessages.chatId, chatId), eq(botMessages.purpose, 'card'), eq(botMessages.taskId, taskId)),
    )
    .orderBy(desc(botMessages.id))
    .limit(1)
  return row ?? null
}

/** What the bot said in a message of a chat; null where it is not the bot's or from before. */
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

/** Says what a message is about from now on, as when a screen turns to another task. */
export async function retitleMessage(
  db: Db,
  chatId: number,
  messageId: number,
  about: {
    readonly purpose: MessagePurpose
    readonly taskId: string | null
    readonly topic?: ReplyTopic | null
  },
): Promise<void> {
  await db
    .update(botMessages)
    .set({ purpose: about.purpose, taskId: about.taskId, topic: about.topic ? { ...about.topic } : null })
    .where(and(eq(botMessages.chatId, chatId), eq(botMessages.messageId, messageId)))
}
