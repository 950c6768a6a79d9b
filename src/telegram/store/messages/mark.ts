import { and, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { rows } from '../../../db/rows.ts'
import { type BotMessageRow, botMessages } from '../../../db/schema.ts'
import type { Db } from '../../../db/types.ts'
import { versionOf } from '../../../domain/core/commit/writes.ts'
import type { MessagePurpose } from './enqueue.ts'
import { editIntervalMs } from './limits.ts'
import type { DueMessage } from './queue.ts'
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

/**
 * Marks a message as sent, in one statement; the earlier cards of its task become stale. Its time is when its content was rendered:
 * the chat doesn't show what changed during the call.
 */
export async function markSent(
  db: Db,
  id: number,
  sent: { readonly messageId: number; readonly contentHash?: string | null; readonly renderedAt: Date },
): Promise<void> {
  const { messageId, contentHash = null, renderedAt } = sent
  const card = { chatId: sql`m.chat_id`, taskId: sql`m.task_id`, isCard: sql`m.purpose = 'card'` }
  await db.execute(sql`
    with message as (
      select m.id, m.chat_id, m.task_id, ${newestShown(card)} as newest from ${botMessages} as m where m.id = ${id}::bigint
    ),
    -- A Bot API server that started over reuses message ids; the older row loses its id.
    reused as (
      update ${botMessages} as older set message_id = null from message
      where older.chat_id = message.chat_id and older.message_id = ${messageId}::int and older.id <> message.id
      returning 1
    ),
    ${superseded}
    update ${botMessages} as t set state = 'sent', message_id = ${messageId}::int, sent_at = ${toText(renderedAt)}::timestamptz, error = null,
      request = null, attempts = 0, not_before = ${toText(nextEdit(renderedAt))}::timestamptz, content_hash = ${contentHash}::text, ${staleIfNewer}
    from message where t.id = message.id and (select count(*) from reused) >= 0`)
}

// Only the newest card of a task in a chat has buttons. The statements below mark the earlier ones for removal.

const isShown = sql`c.purpose = 'card' and c.state = 'sent' and c.message_id is not null`

/** Selects the newest card that a chat shows of the task of a message `m`; null if the message isn't a card. */
function newestShown({
  chatId,
  taskId,
  isCard,
}: {
  readonly chatId: SQL
  readonly taskId: SQL
  readonly isCard: SQL
}): SQL {
  return sql`case when ${isCard} then greatest(m.id, (
    select max(c.id) from ${botMessages} as c where c.chat_id = ${chatId} and c.task_id = ${taskId} and ${isShown})) end`
}

const superseded = sql`superseded as (
  update ${botMessages} as c set stale = true, not_before = null from message
  where c.chat_id = message.chat_id and c.task_id = message.task_id and ${isShown} and c.id < message.newest and c.id <> message.id
)`
const staleIfNewer = sql`stale = t.stale or coalesce(message.newest > message.id, false)`

/**
 * Marks a message as edited. It stays stale if it was marked again since it was read as due, because the edit may not show that change.
 * Its next automatic edit waits three seconds.
 */
export async function markEdited(
  db: Db,
  { id, version }: DueMessage,
  { contentHash, renderedAt }: ShownContent,
): Promise<void> {
  await db
    .update(botMessages)
    .set({
      contentHash,
      editedAt: renderedAt,
      error: null,
      request: null,
      attempts: 0,
      notBefore: nextEdit(renderedAt),
      stale: sql`${versionOf(botMessages)} <> ${version}`,
    })
    .where(eq(botMessages.id, id))
}

// The next automatic edit of a message waits three seconds.
function nextEdit(renderedAt: Date): Date {
  return new Date(renderedAt.getTime() + editIntervalMs)
}

function toText(at: Date): string {
  return at.toISOString()
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

/** What a message shows after an edit. */
interface ShownContent {
  readonly contentHash: string | null
  readonly renderedAt: Date
}

/** What a message shows after an edit, or what it will show: for a card without a request, the current state of its task. */
export type ShownInPlace = ShownContent | { readonly request: StoredRequest | null }

/**
 * Records an edit of a message in one statement: what the message is about now, and that it was edited, or what to edit it to later.
 * Returns false if the message has no row.
 */
export async function markShown(
  db: Db,
  { chatId, messageId }: { readonly chatId: number; readonly messageId: number },
  about: {
    readonly purpose: MessagePurpose
    readonly taskId: string | null
    readonly topic?: ReplyTopic | null
  },
  shown: ShownInPlace,
): Promise<boolean> {
  const { purpose, taskId, topic = null } = about
  const card = {
    chatId: sql`m.chat_id`,
    taskId: sql`${taskId}::uuid`,
    isCard: sql`${purpose}::text = 'card' and ${taskId}::uuid is not null`,
  }
  const content =
    'request' in shown
      ? sql`request = ${toJson(shown.request)}::text::jsonb, stale = true`
      : sql`content_hash = ${shown.contentHash}::text, edited_at = ${toText(shown.renderedAt)}::timestamptz, error = null, request = null,
          attempts = 0, not_before = ${toText(nextEdit(shown.renderedAt))}::timestamptz, ${staleIfNewer}`
  const found = await rows<{ id: number }>(
    db,
    sql`with message as (
        select m.id, m.chat_id, ${taskId}::uuid as task_id, ${newestShown(card)} as newest
        from ${botMessages} as m where m.chat_id = ${chatId}::bigint and m.message_id = ${messageId}::int
      ),
      ${superseded}
      update ${botMessages} as t set purpose = ${purpose}::text, task_id = message.task_id, topic = ${toJson(topic)}::text::jsonb, ${content}
      from message where t.id = message.id returning t.id`,
  )
  return found.length > 0
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}
