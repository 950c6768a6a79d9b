import { and, eq, inArray, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { apiTokens, type QuestionRow, questions } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import type { NewQuestion, Question, QuestionAnswer } from './question.ts'

/** Finds a question by its ID, or null. */
export async function findQuestion(
  { db, ownerId }: { readonly db: Reader; readonly ownerId: string },
  id: string,
): Promise<Question | null> {
  const [row] = await db
    .select({ question: questions, name: apiTokens.name })
    .from(questions)
    .leftJoin(apiTokens, eq(apiTokens.id, questions.tokenId))
    .where(and(eq(questions.id, id), eq(questions.ownerId, ownerId)))
  return row === undefined ? null : toQuestion(row.question, row.name)
}

/** Stores an open question about a task and returns its id. Part of a larger transaction. */
export async function storeQuestion(
  db: Db,
  about: {
    readonly ownerId: string
    readonly taskId: string
    readonly tokenId: string | null
    readonly now: Date
  },
  question: NewQuestion,
): Promise<string> {
  const id = v7()
  await db.insert(questions).values({
    id,
    ownerId: about.ownerId,
    taskId: about.taskId,
    tokenId: about.tokenId,
    engine: question.engine,
    kind: question.kind,
    items: question.items,
    detail: question.detail,
    returnsTo: question.returnsTo,
    createdAt: about.now,
    updatedAt: about.now,
  })
  return id
}

/** Withdraws every open question about a task. Returns their ids. */
export async function withdrawQuestions(db: Db, taskId: string, now: Date): Promise<string[]> {
  const withdrawn = await db
    .update(questions)
    .set({ state: 'withdrawn', updatedAt: now })
    .where(and(eq(questions.taskId, taskId), isOpen))
    .returning({ id: questions.id })
  return withdrawn.map(({ id }) => id)
}

/** Withdraws one open question. */
export async function withdrawQuestion(db: Db, id: string, now: Date): Promise<void> {
  await db
    .update(questions)
    .set({ state: 'withdrawn', updatedAt: now })
    .where(and(eq(questions.id, id), isOpen))
}

/** Closes an open question with its answer. Returns whether it was open. */
export async function closeQuestion(db: Db, id: string, answer: QuestionAnswer, now: Date): Promise<boolean> {
  const closed = await db
    .update(questions)
    .set({ state: 'answered', answer, answeredBy: 'chat', answeredAt: now, updatedAt: now })
    .where(and(eq(questions.id, id), isOpen))
    .returning({ id: questions.id })
  return closed.length > 0
}

/** Reopens answered and withdrawn questions, for undo. */
export async function reopenQuestions(db: Db, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await db
    .update(questions)
    .set({ state: 'open', answer: null, answeredBy: null, answeredAt: null, updatedAt: now })
    .where(inArray(questions.id, [...ids]))
}

// A literal, not a parameter, so Postgres uses the index of open questions.
const isOpen = sql`${questions.state} = 'open'`

function toQuestion(row: QuestionRow, name: string | null): Question {
  return {
    id: row.id,
    name,
    kind: row.kind,
    items: row.items,
    detail: row.detail,
    engine: row.engine,
    askedAt: row.createdAt,
    taskId: row.taskId,
    state: row.state,
    answer: row.answer,
    answeredBy: row.answeredBy,
    answeredAt: row.answeredAt,
    returnsTo: row.returnsTo,
  }
}
