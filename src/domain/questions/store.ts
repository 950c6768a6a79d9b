import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import { isListed, preparedRead } from '../../db/prepared.ts'
import { apiTokens, type QuestionRow, questions, runners, runs, tasks } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { insert, update, versionOf, type Write } from '../core/commit/writes.ts'
import type { Scope } from '../core/scope.ts'
import type { Answerer, NewQuestion, Question, QuestionAnswer, QuestionDraft } from './question.ts'

// A literal, not a parameter, so Postgres uses the index of open questions.
export const isOpen = sql<boolean>`${questions.state} = 'open'`

/** The runner whose agent asks a question, as a column of a query over questions; null without one. */
export const runnerOfQuestion = sql<{ readonly name: string } | null>`(
  select case when ${runners.id} is not null then jsonb_build_object('name', ${runners.name}) end
  from ${runs} left join ${runners} on ${runners.id} = ${runs.runnerId}
  where ${runs.taskId} = ${questions.taskId} and ${runs.tokenId} = ${questions.tokenId} and ${runs.startedAt} <= ${questions.createdAt}
  order by ${runs.startedAt} desc, ${runs.id} desc limit 1)`

/** A question with the version of its row, which a change of it expects. */
export interface VersionedQuestion extends Question {
  readonly version: string
}

function selectQuestions(db: Reader) {
  return db
    .select({
      question: questions,
      version: versionOf(questions),
      name: apiTokens.name,
      runner: runnerOfQuestion,
      taskKey: tasks.taskKey,
    })
    .from(questions)
    .leftJoin(apiTokens, eq(apiTokens.id, questions.tokenId))
    .leftJoin(tasks, eq(tasks.id, questions.taskId))
}

/** Finds a question by its ID, or null. */
export async function findQuestion({ db, ownerId }: Scope, id: string): Promise<VersionedQuestion | null> {
  const [row] = await selectQuestions(db).where(and(eq(questions.id, id), eq(questions.ownerId, ownerId)))
  return row === undefined ? null : toQuestion(row)
}

/** Finds questions by their IDs, oldest first. */
export async function findQuestions(
  { db, ownerId }: Scope,
  ids: readonly string[],
): Promise<VersionedQuestion[]> {
  if (ids.length === 0) return []
  const found = await selectQuestions(db)
    .where(and(inArray(questions.id, [...ids]), eq(questions.ownerId, ownerId)))
    .orderBy(asc(questions.createdAt), asc(questions.id))
  return found.map(toQuestion)
}

/** Who asks, from which session, and about what. */
export interface Asker {
  readonly tokenId: string
  readonly session: string | null
  readonly taskId: string | null
}

/** Finds the question that a token asked with this key, in any state. */
export async function findByKey(
  scope: Scope,
  tokenId: string,
  key: string,
): Promise<VersionedQuestion | null> {
  const [row] = await selectQuestions(scope.db).where(
    and(eq(questions.ownerId, scope.ownerId), eq(questions.tokenId, tokenId), eq(questions.key, key)),
  )
  return row === undefined ? null : toQuestion(row)
}

/** Lists the open questions of a session about a task, or without one, oldest first. */
export async function findOpenOf(
  scope: Scope,
  { tokenId, session, taskId }: Asker,
): Promise<VersionedQuestion[]> {
  const found = await selectQuestions(scope.db)
    .where(
      and(
        eq(questions.ownerId, scope.ownerId),
        eq(questions.tokenId, tokenId),
        isOpen,
        session === null ? isNull(questions.session) : eq(questions.session, session),
        taskId === null ? isNull(questions.taskId) : eq(questions.taskId, taskId),
      ),
    )
    .orderBy(asc(questions.createdAt), asc(questions.id))
  return found.map(toQuestion)
}

/** Lists the open questions that are about no task, oldest first, at most `limit`. */
export async function listWithoutTask({ db, ownerId }: Scope, limit: number): Promise<VersionedQuestion[]> {
  const found = await selectQuestions(db)
    .where(and(eq(questions.ownerId, ownerId), isNull(questions.taskId), isOpen))
    .orderBy(asc(questions.createdAt), asc(questions.id))
    .limit(limit)
  return found.map(toQuestion)
}

/** Lists the IDs of the open questions about a task. */
export async function findOpenQuestions(db: Reader, taskId: string): Promise<string[]> {
  return findOpenIds(db, eq(questions.taskId, taskId))
}

/** Lists the IDs of the open permissions, oldest first. */
export async function findOpenPermissions({ db, ownerId }: Scope): Promise<string[]> {
  return findOpenIds(db, and(eq(questions.ownerId, ownerId), eq(questions.kind, 'permission')))
}

/** Lists the IDs of the open questions that hooks asked before an instant, oldest first. */
export async function findOpenOfHooks({ db, ownerId }: Scope, before: Date): Promise<string[]> {
  return findOpenIds(
    db,
    and(eq(questions.ownerId, ownerId), isNotNull(questions.tool), lt(questions.createdAt, before)),
  )
}

async function findOpenIds(db: Reader, condition: SQL | undefined): Promise<string[]> {
  const found = await db
    .select({ id: questions.id })
    .from(questions)
    .where(and(condition, isOpen))
    .orderBy(asc(questions.createdAt), asc(questions.id))
  return found.map(({ id }) => id)
}

/** Finds which of these questions are closed, and whether the time of an open one is up. */
export async function findWatched(
  { db, ownerId }: Scope,
  ids: readonly string[],
  now: Date,
): Promise<{ readonly closed: readonly string[]; readonly isDue: boolean }> {
  const found = await readWatched(db, { ownerId, ids: JSON.stringify(ids), now: now.toISOString() })
  return {
    closed: found.flatMap(({ id, isOpen }) => (isOpen ? [] : [id])),
    isDue: found.some(({ isOpen }) => isOpen),
  }
}

const readWatched = preparedRead((db) =>
  db
    .select({ id: questions.id, isOpen })
    .from(questions)
    .where(
      and(
        eq(questions.ownerId, sql.placeholder('ownerId')),
        isListed(questions.id, 'ids', 'uuid'),
        sql`(${questions.state} <> 'open' or ${questions.expiresAt} <= ${sql.placeholder('now')}::timestamptz)`,
      ),
    ),
)

/** Lists the IDs of open questions whose time is up, at most 100. */
export async function findExpired({ db, ownerId }: Scope, now: Date): Promise<string[]> {
  const found = await db
    .select({ id: questions.id })
    .from(questions)
    .where(and(eq(questions.ownerId, ownerId), isOpen, lte(questions.expiresAt, now)))
    .orderBy(asc(questions.expiresAt))
    .limit(100)
  return found.map(({ id }) => id)
}

/** Returns the row of an open question. */
export function questionRow(
  about: {
    readonly id: string
    readonly ownerId: string
    readonly taskId: string | null
    readonly tokenId: string | null
    readonly now: Date
  },
  question: NewQuestion,
): Write {
  const { now, ...columns } = about
  return insert(questions, { ...columns, ...question, createdAt: now, updatedAt: now })
}

/** Keeps a part of an answer. */
export function saveDraft({ id, version }: VersionedQuestion, draft: QuestionDraft): Write {
  return update(questions, { key: { id }, version, set: { draft } })
}

/** Withdraws a task's open question as part of a change; one that was closed in the meantime stays as it is. */
export function withdrawWithTask(id: string, now: Date): Write {
  return update(questions, {
    key: { id },
    expect: { state: 'open' },
    set: { state: 'withdrawn', draft: null, updatedAt: now },
    isOptional: true,
  })
}

/** Withdraws an open question. */
export function withdrawQuestion({ id, version }: VersionedQuestion, now: Date, by: Answerer): Write {
  return update(questions, {
    key: { id },
    version,
    expect: { state: 'open' },
    set: { state: 'withdrawn', draft: null, answeredBy: by, updatedAt: now },
  })
}

/** Closes an open question with its answer. */
export function closeQuestion({ id, version }: VersionedQuestion, answer: QuestionAnswer, now: Date): Write {
  return update(questions, {
    key: { id },
    version,
    expect: { state: 'open' },
    set: { state: 'answered', answer, draft: null, answeredBy: 'chat', answeredAt: now, updatedAt: now },
  })
}

/** Closes an open question that nobody answered in time, with its default if it has one. */
export function expireQuestion({ id, version, defaultAnswer }: VersionedQuestion, now: Date): Write {
  return update(questions, {
    key: { id },
    version,
    expect: { state: 'open' },
    set: {
      state: 'expired',
      answer: defaultAnswer,
      draft: null,
      answeredBy: 'timeout',
      answeredAt: now,
      updatedAt: now,
    },
  })
}

/** Reopens an answered or withdrawn question, for undo. Not one of a hook, whose request has ended: an answer would reach nobody. */
export function reopenQuestion(id: string, now: Date): Write {
  return update(questions, {
    key: { id },
    expect: { tool: null },
    set: { state: 'open', answer: null, answeredBy: null, answeredAt: null, updatedAt: now },
    isOptional: true,
  })
}

/** Notes, as part of a change, that the agent gets an answer in another way. */
export function setFetched(id: string, now: Date): Write {
  return update(questions, { key: { id }, set: { fetchedAt: now }, isOptional: true })
}

/** Notes that a request received the answer of a question. */
export async function markFetched(db: Db, id: string, now: Date): Promise<void> {
  await db
    .update(questions)
    .set({ fetchedAt: now })
    .where(and(eq(questions.id, id), isNull(questions.fetchedAt)))
}

function toQuestion({
  question: row,
  version,
  name,
  runner,
  taskKey,
}: {
  readonly question: QuestionRow
  readonly version: string
  readonly name: string | null
  readonly runner: Question['runner']
  readonly taskKey: string | null
}): VersionedQuestion {
  const { ownerId: _, key: __, createdAt: askedAt, updatedAt, ...question } = row
  const closedAt = row.state === 'open' ? null : updatedAt
  return { ...question, version, name, runner, taskKey, askedAt, closedAt }
}
