import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { tasks } from './board.ts'
import { at, createdAt, oneOf, updatedAt } from './columns.ts'
import type { CardRequest, ReplyTopic, StoredRequest } from './messages.ts'
import { type MessageState, messageStates } from './values.ts'

/** An update as Telegram sent it: stored once before it is confirmed, kept until it is handled. */
export const botUpdates = pgTable(
  'bot_updates',
  {
    /** Each bot numbers its own updates. */
    botId: bigint('bot_id', { mode: 'number' }).notNull().default(0),
    updateId: bigint('update_id', { mode: 'number' }).notNull(),
    update: jsonb('update').$type<Record<string, unknown>>().notNull(),
    receivedAt: at('received_at').notNull().defaultNow(),
    /** Set by the statement that writes the update's change. */
    effectAt: at('effect_at'),
    /** Set when its handler has answered. */
    finishedAt: at('finished_at'),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
  },
  (t) => [
    // The update ID comes first: lookups use it alone, since other bots' updates are deleted when the bot changes.
    primaryKey({ columns: [t.updateId, t.botId] }),
    index('bot_updates_open').on(t.receivedAt, t.updateId).where(sql`${t.finishedAt} is null`),
    index('bot_updates_finished').on(t.finishedAt),
  ],
)

/** An outgoing message: what it is about, what a reply to it means, and its delivery state. */
export const botMessages = pgTable(
  'bot_messages',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    chatId: bigint('chat_id', { mode: 'number' }).notNull(),
    threadId: integer('thread_id'),
    messageId: integer('message_id'),
    purpose: text('purpose').notNull(),
    taskId: uuid('task_id').references(() => tasks.id, { onDelete: 'set null' }),
    /** What a reply to this message means. */
    topic: jsonb('topic').$type<ReplyTopic>(),
    /** The Bot API call to make; null if the message is rendered right before it is sent. */
    request: jsonb('request').$type<StoredRequest | CardRequest>(),
    state: text('state').$type<MessageState>().notNull().default('pending'),
    /** Its content is outdated; it is rendered again before it is sent. */
    stale: boolean('stale').notNull().default(false),
    /** 0 needs you, 1 finished, 2 edits, 3 everything else. */
    priority: integer('rank').notNull().default(3),
    contentHash: text('content_hash'),
    notBefore: at('not_before'),
    attempts: integer('attempts').notNull().default(0),
    error: text('error'),
    createdAt: createdAt(),
    sentAt: at('sent_at'),
    editedAt: at('edited_at'),
  },
  (t) => [
    uniqueIndex('bot_messages_telegram').on(t.chatId, t.messageId),
    index('bot_messages_due')
      .on(t.priority, t.id)
      .where(sql`${t.state} in ('pending', 'sending', 'uncertain') or ${t.stale}`),
    index('bot_messages_task').on(t.taskId, t.id),
    // Finds expired messages.
    index('bot_messages_created').on(t.createdAt),
    index('bot_messages_prompts').on(t.chatId, t.id).where(sql`${t.purpose} = 'prompt'`),
    check('bot_messages_state', oneOf(t.state, messageStates)),
  ],
)

/** A task that the owner wants to see later. The row is deleted after the message that brings the task back is sent. */
export const snoozes = pgTable(
  'snoozes',
  {
    taskId: uuid('task_id')
      .primaryKey()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    until: at('until').notNull(),
    /** The message that brings the task back; null until the task is due. */
    messageId: bigint('message_id', { mode: 'number' }).references(() => botMessages.id, {
      onDelete: 'set null',
    }),
    createdAt: createdAt(),
  },
  (t) => [index('snoozes_until').on(t.until), index('snoozes_message').on(t.messageId)],
)

/** People other than the owner who wrote to the bot, one row each. */
export const strangers = pgTable(
  'strangers',
  {
    /** 0 if Telegram names nobody. */
    userId: bigint('user_id', { mode: 'number' }).primaryKey(),
    userName: text('user_name'),
    /** The chat and kind of their last update. */
    chatId: bigint('chat_id', { mode: 'number' }),
    kind: text('kind').notNull(),
    updates: integer('updates').notNull(),
    /** How many updates no security event covers yet. */
    unreported: integer('unreported').notNull(),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (t) => [
    index('strangers_unreported').on(t.unreported).where(sql`${t.unreported} > 0`),
    index('strangers_last').on(t.lastAt),
  ],
)

export const botConversations = pgTable('bot_conversations', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  updatedAt: updatedAt(),
})

/** Small facts that the bot keeps across restarts, e.g., how far the notifier has read. */
export const botState = pgTable('bot_state', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  updatedAt: updatedAt(),
})

export type BotMessageRow = typeof botMessages.$inferSelect
