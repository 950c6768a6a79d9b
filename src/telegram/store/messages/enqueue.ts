import { type SQL, sql } from 'drizzle-orm'
import { rows } from '../../../db/rows.ts'
import { type BotMessageRow, botMessages } from '../../../db/schema.ts'
import type { Db } from '../../../db/types.ts'
import type { ReplyTopic } from './reply-topic.ts'
import type { CardRequest, StoredRequest } from './stored-request.ts'

/** Why a message exists: a task's living card, an agent's question, news without either, an answer, a prompt, a screen, the digest. */
export type MessagePurpose =
  | 'card'
  | 'question'
  | 'notification'
  | 'answer'
  | 'prompt'
  | 'screen'
  | 'digest'
  | 'notice'

/** How the database orders messages; lower is sent first. Edits of sent messages come before new progress. */
export const priorityValues = { answer: -1, urgent: 0, normal: 1, edit: 2, progress: 3 } as const

/** How soon a message is sent: an answer to the owner, something that needs the owner, an outcome, or progress. */
export type MessagePriority = 'answer' | 'urgent' | 'normal' | 'progress'

export interface NewMessage {
  readonly chatId: number
  readonly threadId?: number | null
  readonly purpose: MessagePurpose
  readonly taskId?: string | null
  readonly topic?: ReplyTopic | null
  /** Absent: rendered right before it is sent. */
  readonly request?: StoredRequest | CardRequest | null
  readonly priority: MessagePriority
  readonly notBefore?: Date | null
}

/** Queues messages for delivery, in order. Returns the ids of their rows. */
export async function enqueue(db: Db, messages: readonly NewMessage[], now: Date): Promise<number[]> {
  if (messages.length === 0) return []
  const inserted = await rows<{ id: number }>(db, sql`${insertQueued(messages, now)} returning id::int`)
  return inserted.map(({ id }) => id)
}

/** Builds the insert of queued messages, one statement for any number: Postgres took 3 ms to parse one with thirty rows of ten values. */
export function insertQueued(messages: readonly NewMessage[], now: Date, condition = sql`true`): SQL {
  const queued = messages.map((message, position) => ({ ...toRow(message, 'pending', now), position }))
  return sql`insert into ${botMessages} (chat_id, thread_id, purpose, task_id, topic, request, rank, not_before, state, created_at)
    select "chatId", "threadId", purpose, "taskId", topic, request, priority, "notBefore", state, "createdAt"
    from jsonb_to_recordset(${JSON.stringify(queued)}::text::jsonb) as queued
      ("chatId" bigint, "threadId" int, purpose text, "taskId" uuid, topic jsonb, request jsonb, priority int, "notBefore" timestamptz,
      state text, "createdAt" timestamptz, position int)
    where ${condition} order by position`
}

/** Stores a message that the caller sends right away, before the call. Returns the id of its row. */
export async function beginSending(db: Db, message: NewMessage, now: Date): Promise<number> {
  const [row] = await db
    .insert(botMessages)
    .values({ ...toRow(message, 'sending', now), attempts: 1 })
    .returning({ id: botMessages.id })
  if (row === undefined) throw new Error('The insert of a message returned no row.')
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
    priority: priorityValues[message.priority],
    notBefore: message.notBefore ?? null,
    state,
    createdAt: now,
  }
}
