import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import { isListed, prepared } from '../db/prepared.ts'
import { type BotMessageRow, botMessages, tasks } from '../db/schema.ts'
import type { Db, Reader } from '../db/types.ts'

function latestCards(db: Db) {
  return db
    .selectDistinctOn([botMessages.taskId], { id: botMessages.id })
    .from(botMessages)
    .where(
      and(
        eq(botMessages.chatId, sql.placeholder('chatId')),
        eq(botMessages.purpose, 'card'),
        ne(botMessages.state, 'failed'),
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
      // A card that waits for its first sending keeps its own time.
      notBefore: sql`case when ${botMessages.state} = 'sent'
        then greatest(${botMessages.notBefore}, ${sql.placeholder('notBefore')}::timestamptz) else ${botMessages.notBefore} end`,
    })
    .where(inArray(botMessages.id, latestCards(db))),
)

/** Marks the living cards of tasks as behind the truth; each is edited once, not before its time. */
export async function markCardsStale(
  db: Db,
  chatId: number,
  taskIds: readonly string[],
  notBefore: Date,
): Promise<void> {
  if (taskIds.length === 0) return
  await markStale(db, { chatId, taskIds: JSON.stringify(taskIds), notBefore: notBefore.toISOString() })
}

const readCards = prepared((db) =>
  db
    .select()
    .from(botMessages)
    .where(inArray(botMessages.id, latestCards(db))),
)

/** The living cards of tasks in a chat, of each the newest message of its kind. */
export async function livingCards(
  db: Reader,
  chatId: number,
  taskIds: readonly string[],
): Promise<BotMessageRow[]> {
  if (taskIds.length === 0) return []
  return readCards(db, { chatId, taskIds: JSON.stringify(taskIds) })
}

/** The living card of a task in a chat: the newest message of its kind. */
export async function livingCard(db: Reader, chatId: number, taskId: string): Promise<BotMessageRow | null> {
  return (await livingCards(db, chatId, [taskId]))[0] ?? null
}

/** A message shows the truth; of a task's card only where the task is still as it was `seen`, for it may have changed meanwhile. */
export async function settleMessage(db: Db, id: number, seen: Date | null): Promise<void> {
  const unchanged =
    seen === null
      ? undefined
      : sql`exists (select from ${tasks} where ${tasks.id} = ${botMessages.taskId}
          and date_trunc('milliseconds', ${tasks.updatedAt}) = ${seen.toISOString()}::timestamptz)`
  await db
    .update(botMessages)
    .set({ stale: false })
    .where(and(eq(botMessages.id, id), unchanged))
}
