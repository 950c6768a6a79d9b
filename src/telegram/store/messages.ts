import { and, desc, eq, gte, isNotNull, sql } from 'drizzle-orm'
import { rows } from '../../db/rows.ts'
import { type BotMessageRow, botMessages, type TaskStatus } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'

export type { BotMessageRow } from '../../db/schema.ts'

const editEveryMs = 3_000

/** Why a message exists: a task's living card, a notification without one, an answer to the owner, a question, a screen, the digest. */
export type MessagePurpose = 'card' | 'notification' | 'answer' | 'prompt' | 'screen' | 'digest' | 'notice'

/** What a reply to a message means where it is more than a comment on its task. */
export type ReplyTopic =
  | {
      readonly kind: 'prompt'
      readonly ask: PromptKind
      readonly taskId?: string
      readonly about?: string
      /** The message whose button asked: the answer shows there. */
      readonly shownIn?: number | undefined
      /** An answer was refused and this asks again: the next words are taken as its answer. */
      readonly again?: true
    }
  | { readonly kind: 'digest'; readonly taskIds: readonly string[] }
  | DeckTopic
  | BoardTopic
  | { readonly kind: 'list'; readonly query: string }
  | { readonly kind: 'new-token'; readonly name: string }
  /** A line that a runner listens for, posted because of an update. */
  | { readonly kind: 'runner'; readonly updateId: number }

/** How far a triage deck has come. */
export interface DeckTopic {
  readonly kind: 'deck'
  readonly taskId: string | null
  /** The ids of tasks that were passed over. */
  readonly skipped: readonly string[]
  /** Where tasks went, by their ids. */
  readonly moved: Readonly<Record<string, DeckOutcome>>
  /** The audit ids of its changes, the last one last, as far as its Undo goes back. */
  readonly undos?: readonly string[]
}

/** What became of a task in the deck: the status it was moved to, or more than that. */
export type DeckOutcome = TaskStatus | 'queued' | 'later' | 'deleted'

/** What the board shows, and which of its tasks are picked. */
export interface BoardTopic {
  readonly kind: 'board'
  /** The ids of tasks that one button is to change. */
  readonly picked: readonly string[]
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
  | 'project-description'
  | 'project-url'
  | 'project-picture'
  | 'project-branch'
  | 'new-label'
  | 'label-name'
  | 'stale-after'
  | 'queued-after'
  | 'runner-chat'
  | 'runner-bot'
  | 'search'
  | 'new-task'

/** A Bot API call kept until its turn: the method's name and its parameters but for the chat. */
export interface StoredRequest {
  readonly method:
    | 'sendMessage'
    | 'sendDocument'
    | 'sendPhoto'
    | 'sendVideo'
    | 'sendVideoNote'
    | 'sendAudio'
    | 'sendVoice'
    | 'sendAnimation'
    | 'setMessageReaction'
  readonly parameters: Readonly<Record<string, unknown>>
  /** A text file to be sent along, as `document`. */
  readonly file?: { readonly name: string; readonly content: string }
  /** Statistics drawn at its turn, of a stretch of time between two instants. */
  readonly picture?: StoredPicture
  /** What stands for the message, as HTML, where many become one. */
  readonly line?: string
  /** Absent: it never becomes part of a list. */
  readonly group?: NotificationGroup
  /** The token that caused it: tokens take turns. Absent: the board itself. */
  readonly sender?: string
  /** The audit entry of the deletion that it reports. */
  readonly deletion?: string
}

/** What a message reports. */
export type ReportKind =
  | 'needs-you'
  | 'finished'
  | 'new'
  | 'changed'
  | 'due'
  | 'silent-run'
  | 'returned'
  | 'log'
  | 'deleted'

/** Messages of one group become one list where many of them wait. */
export interface NotificationGroup {
  readonly kind: ReportKind
  /** The agent that caused it; null where none did. */
  readonly by: string | null
}

/** A task's card that waits for its turn and is rendered then. */
export interface CardRequest {
  readonly method: 'card'
  readonly group: NotificationGroup
  readonly sender?: string
  readonly silent: boolean
  /** When the reported thing happened, as an ISO instant. */
  readonly since: string
  /** The due time or the run that it reports; the report is void once the task has another. */
  readonly about?: string
}

/** What a row is to send; null where it is sent, or shows the current state of its task. */
export function requestOf(row: Pick<BotMessageRow, 'request'>): StoredRequest | CardRequest | null {
  // Written by this file alone, from a typed value.
  return row.request as unknown as StoredRequest | CardRequest | null
}

/** In which order messages that wait are sent. */
export const priorities = { answer: -1, needsYou: 0, finished: 1, progress: 3 } as const

/** A picture kept as what it shows, not as bytes. */
export interface StoredPicture {
  readonly title: string
  readonly from: string
  readonly to: string
  readonly timeZone: string
}

export interface NewMessage {
  readonly chatId: number
  readonly threadId?: number | null
  readonly purpose: MessagePurpose
  readonly taskId?: string | null
  readonly topic?: ReplyTopic | null
  /** Absent: rendered when its turn comes. */
  readonly request?: StoredRequest | CardRequest | null
  /** One of `priorities`. */
  readonly priority?: number
  readonly notBefore?: Date | null
}

/** Rows of messages to be sent when their turn comes, in order. */
export async function queueMessages(db: Db, messages: readonly NewMessage[], now: Date): Promise<number[]> {
  if (messages.length === 0) return []
  const queued = messages.map((message, position) => ({ ...toRow(message, 'pending', now), position }))
  // The same statement for however many: with thirty rows of ten values Postgres parsed one for 3 ms.
  const inserted = await rows<{ id: number }>(
    db,
    sql`insert into ${botMessages} (chat_id, thread_id, purpose, task_id, topic, request, rank, not_before, state, created_at)
      select "chatId", "threadId", purpose, "taskId", topic, request, priority, "notBefore", state, "createdAt"
      from jsonb_to_recordset(${JSON.stringify(queued)}::text::jsonb) as queued
        ("chatId" bigint, "threadId" int, purpose text, "taskId" uuid, topic jsonb, request jsonb, priority int, "notBefore" timestamptz,
        state text, "createdAt" timestamptz, position int)
      order by position returning id::int`,
  )
  return inserted.map(({ id }) => id)
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
    priority: message.priority ?? priorities.progress,
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
  // A Telegram that started over gives its message ids a second time; the older row loses the id.
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
        notBefore: new Date(sent.now.getTime() + editEveryMs),
        contentHash: sent.contentHash ?? null,
      })
      .where(eq(botMessages.id, id))
    if (row.purpose === 'card' && row.taskId !== null) await markSuperseded(tx, row.chatId, row.taskId)
  })
}

/** Marks the earlier cards of a task in a chat for removal: the newest is the only one with buttons. */
async function markSuperseded(db: Db, chatId: number, taskId: string): Promise<void> {
  const isShown = sql`chat_id = ${chatId}::bigint and task_id = ${taskId}::uuid and purpose = 'card'
    and state = 'sent' and message_id is not null`
  await db.execute(
    sql`update ${botMessages} set stale = true, not_before = null
      where ${isShown} and id < (select max(id) from ${botMessages} where ${isShown})`,
  )
}

/** A message in the chat shows this content now; the next edit that nobody asked for has its time 3 s later. */
export async function markEdited(db: Db, id: number, contentHash: string | null, now: Date): Promise<void> {
  await db
    .update(botMessages)
    .set({
      contentHash,
      editedAt: now,
      error: null,
      request: null,
      attempts: 0,
      notBefore: new Date(now.getTime() + editEveryMs),
    })
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
    readonly attempts?: number
  },
): Promise<void> {
  const { state, error, notBefore = null, attempts } = refusal
  await db
    .update(botMessages)
    .set({ state, error: error.slice(0, 500), notBefore, ...(attempts === undefined ? {} : { attempts }) })
    .where(eq(botMessages.id, id))
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

/** Whether a new message to a chat is under way: Telegram may have it, and we do not know its number yet. */
export async function isSending(db: Reader, chatId: number): Promise<boolean> {
  const [row] = await db
    .select({ id: botMessages.id })
    .from(botMessages)
    .where(and(eq(botMessages.chatId, chatId), sql`${botMessages.state} = 'sending'`))
    .limit(1)
  return row !== undefined
}

/** The newest prompt in a chat since then that still waits for its answer; null if there is none. */
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

/** A message was deleted from its chat: nothing more can be shown in it, nor deleted. */
export async function deleteMessageRow(db: Db, chatId: number, messageId: number): Promise<void> {
  await db
    .update(botMessages)
    .set({ messageId: null })
    .where(and(eq(botMessages.chatId, chatId), eq(botMessages.messageId, messageId)))
}

/** The line that an update posted for a runner about a task; null where it has posted none. */
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
  await db.transaction(async (tx) => {
    await tx
      .update(botMessages)
      .set({ purpose: about.purpose, taskId: about.taskId, topic: about.topic ? { ...about.topic } : null })
      .where(and(eq(botMessages.chatId, chatId), eq(botMessages.messageId, messageId)))
    if (about.purpose === 'card' && about.taskId !== null) await markSuperseded(tx, chatId, about.taskId)
  })
}
