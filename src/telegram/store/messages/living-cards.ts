import { and, desc, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm'
import { isListed, prepared, preparedRead } from '../../../db/prepared.ts'
import { type BotMessageRow, botMessages } from '../../../db/schema.ts'
import type { Db, Reader } from '../../../db/types.ts'
import { versionOf } from '../../../domain/core/commit/writes.ts'
import { enqueue, type MessagePriority, type NewMessage } from './enqueue.ts'
import type { DueMessage } from './queue.ts'
import type { CardRequest, ReportKind } from './stored-request.ts'

// A card that failed or was deleted from the chat doesn't count.
const isCard = and(
  eq(botMessages.purpose, 'card'),
  or(
    inArray(botMessages.state, ['pending', 'sending', 'uncertain']),
    and(eq(botMessages.state, 'sent'), isNotNull(botMessages.messageId)),
  ),
)

function latestCards(db: Db) {
  return db
    .selectDistinctOn([botMessages.taskId], { id: botMessages.id })
    .from(botMessages)
    .where(
      and(
        eq(botMessages.chatId, sql.placeholder('chatId')),
        isCard,
        isListed(botMessages.taskId, 'taskIds', 'uuid'),
      ),
    )
    .orderBy(botMessages.taskId, desc(botMessages.id))
}

const markStale = prepared((db) =>
  db
    .update(botMessages)
    .set({
      stale: true,
      // An unsent card keeps its own time.
      notBefore: sql`case when ${botMessages.state} = 'sent'
        then greatest(${botMessages.notBefore}, ${sql.placeholder('notBefore')}::timestamptz) else ${botMessages.notBefore} end`,
    })
    .where(inArray(botMessages.id, latestCards(db))),
)

/** Marks the living cards of tasks for an edit; each is edited once, not before `notBefore`. */
export async function markCardsStale(
  db: Db,
  chatId: number,
  taskIds: readonly string[],
  notBefore: Date,
): Promise<void> {
  if (taskIds.length === 0) return
  await markStale(db, { chatId, taskIds: JSON.stringify(taskIds), notBefore: notBefore.toISOString() })
}

const readCards = preparedRead((db) =>
  db
    .select()
    .from(botMessages)
    .where(inArray(botMessages.id, latestCards(db))),
)

/** Returns the living cards of tasks in a chat: the newest card of each. */
export async function livingCards(
  db: Reader,
  chatId: number,
  taskIds: readonly string[],
): Promise<BotMessageRow[]> {
  if (taskIds.length === 0) return []
  return readCards(db, { chatId, taskIds: JSON.stringify(taskIds) })
}

/** Returns the living card of a task in a chat: its newest card. */
export async function livingCard(db: Reader, chatId: number, taskId: string): Promise<BotMessageRow | null> {
  return (await livingCards(db, chatId, [taskId]))[0] ?? null
}

/** Returns a task's newest card in the chat, and its newest unsent one. */
export async function newestCards(
  db: Reader,
  chatId: number,
  taskId: string,
): Promise<{ readonly shown: BotMessageRow | null; readonly waiting: BotMessageRow | null }> {
  const found = await db
    .select()
    .from(botMessages)
    .where(and(eq(botMessages.chatId, chatId), eq(botMessages.taskId, taskId), isCard))
    .orderBy(desc(botMessages.id))
  return {
    shown: found.find(({ state }) => state === 'sent') ?? null,
    waiting: found.find(({ state }) => state !== 'sent') ?? null,
  }
}

/** A card to post at the bottom of the chat. */
export interface NewCard extends Omit<CardRequest, 'method'> {
  readonly chatId: number
  readonly threadId: number | null
  readonly taskId: string
  readonly notBefore?: Date | null
}

const priorityOf: Record<ReportKind, MessagePriority> = {
  'needs-you': 'urgent',
  finished: 'normal',
  due: 'normal',
  'silent-run': 'normal',
  returned: 'normal',
  new: 'progress',
  changed: 'progress',
  log: 'progress',
  deleted: 'progress',
}

/** Queues cards and returns the ids of their rows. A card that reports an outcome replaces waiting reports about its task. */
export async function enqueueCards(db: Db, cards: readonly NewCard[], now: Date): Promise<number[]> {
  const outcomes = tasksWithOutcome(cards)
  if (outcomes.length > 0) await db.execute(sql`${deleteReports(outcomes)}`)
  return enqueue(db, cards.map(toMessage), now)
}

/** The ids of tasks with a card that reports an outcome. */
export function tasksWithOutcome(cards: readonly NewCard[]): string[] {
  return cards
    .filter(({ group: { kind } }) => kind === 'needs-you' || kind === 'finished')
    .map(({ taskId }) => taskId)
}

/** Builds the deletion of waiting reports about tasks. */
export function deleteReports(taskIds: readonly string[], condition = sql`true`): SQL {
  return sql`delete from ${botMessages} as m where ${condition} and m.task_id = any (${idsIn(taskIds)}) and m.purpose = 'card'
    and m.state = 'pending' and m.request -> 'group' ->> 'kind' in ('needs-you', 'finished', 'new', 'changed')`
}

/** An array of ids from one value, so that the statement serves any number. */
export function idsIn(ids: readonly string[]): SQL {
  return sql`array(select value::uuid from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb))`
}

/** Returns a card as a queued message. */
export function toMessage({ chatId, threadId, taskId, notBefore = null, ...report }: NewCard): NewMessage {
  return {
    chatId,
    threadId,
    taskId,
    notBefore,
    purpose: 'card',
    request: { method: 'card', ...report },
    priority: priorityOf[report.group.kind],
  }
}

/** Unmarks a message that shows the current state, unless it was marked again since it was read as due. */
export async function clearStale(db: Db, { id, version }: DueMessage): Promise<void> {
  await db
    .update(botMessages)
    .set({ stale: false })
    .where(and(eq(botMessages.id, id), eq(versionOf(botMessages), version)))
}

/** Marks an earlier card as retired: deleted, or cut to a line without buttons. */
export async function markRetired(db: Db, id: number, how: 'deleted' | 'cut'): Promise<void> {
  await db
    .update(botMessages)
    .set({
      stale: false,
      request: null,
      ...(how === 'deleted' ? { messageId: null } : { purpose: 'notice' }),
    })
    .where(eq(botMessages.id, id))
}
