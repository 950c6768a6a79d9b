import { and, eq, sql } from 'drizzle-orm'
import { apiTokens, type QuestionRow, questions } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { insert, update, type Write } from '../core/commit/writes.ts'
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

/** Returns the row of an open question about a task. */
export function questionRow(
  about: {
    readonly id: string
    readonly ownerId: string
    readonly taskId: string
    readonly tokenId: string | null
    readonly now: Date
  },
  { kind, items, detail, engine, returnsTo }: NewQuestion,
): Write {
  const { now, ...columns } = about
  const question = { kind, items, detail, engine, returnsTo }
  return insert(questions, { ...columns, ...question, createdAt: now, updatedAt: now })
}

/** Lists the IDs of the open questions about a task. */
export async function findOpenQuestions(db: Reader, taskId: string): Promise<string[]> {
  const found = await db
    .select({ id: questions.id })
    .from(questions)
    .where(and(eq(questions.taskId, taskId), isOpen))
  return found.map(({ id }) => id)
}

/** Withdraws an open question; one that was closed in the meantime stays as it is. */
export function withdrawQuestion(id: string, now: Date): Write {
  return update(questions, {
    key: { id },
    expect: { state: 'open' },
    set: { state: 'withdrawn', updatedAt: now },
    isOptional: true,
  })
}

/** Closes an open question with its answer. */
export function closeQuestion(id: string, answer: QuestionAnswer, now: Date): Write {
  return update(questions, {
    key: { id },
    expect: { state: 'open' },
    set: { state: 'answered', answer, answeredBy: 'chat', answeredAt: now, updatedAt: now },
  })
}

/** Reopens an answered or withdrawn question, for undo. */
export function reopenQuestion(id: string, now: Date): Write {
  return update(questions, {
    key: { id },
    set: { state: 'open', answer: null, answeredBy: null, answeredAt: null, updatedAt: now },
    isOptional: true,
  })
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
