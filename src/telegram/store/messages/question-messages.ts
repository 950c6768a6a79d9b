import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { botMessages, questions } from '../../../db/schema.ts'
import type { Db, Reader } from '../../../db/types.ts'
import { isOpen } from '../../../domain/questions/store.ts'
import { dropMessage } from './queue.ts'

/** A question whose own message is to be sent, or no longer shows its state. */
export interface DueQuestion {
  readonly id: string
  /** The row of the message that shows only this question; null if it has none yet. */
  readonly messageRow: number | null
}

// A task's card shows its oldest open question. With the table's name, because drizzle drops it from a query without joins.
const isOwn = sql`(questions.task_id is null or exists (
  select from ${questions} as older where older.task_id = questions.task_id and older.state = 'open'
  and (older.created_at, older.id) < (questions.created_at, questions.id)))`
const isDue = sql`(questions.state = 'open' and questions.message_id is null and ${isOwn}
  or questions.message_id is not null and not (questions.state = 'open' and ${isOwn}))`

/** Whether `findDueQuestions` finds any, as a column of a query over owners. */
export function hasDueQuestions(ownerId: AnyPgColumn): SQL<boolean> {
  return sql<boolean>`exists (select from ${questions} where questions.owner_id = ${ownerId} and ${isDue})`
}

const maxDue = 50

/** Lists questions that no card shows and that have no message, and those whose own message is outdated; at most 50. */
export async function findDueQuestions(db: Reader, ownerId: string): Promise<DueQuestion[]> {
  return db
    .select({ id: questions.id, messageRow: questions.messageId })
    .from(questions)
    .where(and(eq(questions.ownerId, ownerId), isDue))
    .orderBy(asc(questions.createdAt), asc(questions.id))
    .limit(maxDue)
}

/** Links an open question to the message that shows it, which is dropped if the question has one by now. */
export async function linkQuestion(db: Db, questionId: string, messageRow: number): Promise<void> {
  const linked = await db
    .update(questions)
    .set({ messageId: messageRow })
    .where(and(eq(questions.id, questionId), isOpen, isNull(questions.messageId)))
    .returning({ id: questions.id })
  if (linked.length === 0) await dropMessage(db, messageRow)
}

/** Links an open question to another message, which shows it now. */
export async function relinkQuestion(db: Db, questionId: string, messageRow: number): Promise<void> {
  await db
    .update(questions)
    .set({ messageId: messageRow })
    .where(and(eq(questions.id, questionId), isOpen))
}

/** Ends the link between a question and its own message, which is edited or removed at `notBefore`. */
export async function unlinkQuestion(
  db: Db,
  { id, messageRow }: { readonly id: string; readonly messageRow: number },
  notBefore: Date,
): Promise<void> {
  await db.update(questions).set({ messageId: null }).where(eq(questions.id, id))
  await db
    .update(botMessages)
    .set({
      stale: true,
      notBefore: sql`case when ${botMessages.state} = 'sent' then ${notBefore.toISOString()}::timestamptz else ${botMessages.notBefore} end`,
    })
    .where(eq(botMessages.id, messageRow))
}
