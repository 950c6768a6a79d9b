import { and, asc, desc, eq, inArray, isNull, notInArray, or, type SQL, sql } from 'drizzle-orm'
import { isSearched, projects, tasks, workLogs } from '../../../db/schema.ts'
import type { Scope } from '../../core/scope.ts'
import { openStatuses } from '../../core/task-values.ts'
import { selectWorkLogs, toWorkLog, type WorkLog } from '../../work-logs/work-logs.ts'
import { findTasks } from '../read.ts'
import type { Task } from '../task.ts'
import { containsWords, holdsWords, isUnspaced, taskText, termsOf } from '../words.ts'

/** A search hit: a task or a work log. */
export type SearchHit =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'log'; readonly log: WorkLog }

// Nobody pages further. It bounds the cost of a word that every task contains.
const maxTasks = 200
// Among the newest candidates, title matches come first. Checking thousands of titles takes longer than finding them.
const maxCandidates = 2_000
const maxLogs = 100
// How many of the newest logs are read if no index helps.
const recentLogs = 3_000

/**
 * Searches keys, titles, notes and work logs, in this order, newest first in each (of more than
 * 2,000 matching tasks, the newest 2,000). `hasMore` means that there is a next page.
 */
export async function search(
  scope: Scope,
  words: string,
  page: { readonly limit: number; readonly offset?: number },
): Promise<{ readonly hits: readonly SearchHit[]; readonly hasMore: boolean }> {
  if (termsOf(words).length === 0) return { hits: [], hasMore: false }
  const offset = page.offset ?? 0
  const end = offset + page.limit + 1
  const taskIds = await findTaskIds(scope, words)
  const logIds = taskIds.length >= end ? [] : await findLogIds(scope, words, taskIds)
  const wanted = [
    ...taskIds.map((id) => ({ kind: 'task', id }) as const),
    ...logIds.map((id) => ({ kind: 'log', id }) as const),
  ].slice(offset, end)
  const hits = await readHits(scope, wanted.slice(0, page.limit))
  return { hits, hasMore: wanted.length > page.limit }
}

async function findTaskIds(scope: Scope, words: string): Promise<string[]> {
  const byKey = await selectByKey(scope, words)
  const byIndex = await selectByText(scope, words, holdsWords(taskText, words))
  const found = [...new Set([...byKey, ...byIndex])]
  if (found.length > 0 || isUnspaced(words)) return found
  // The parser doesn't see a word inside a path or a name. Finished tasks are found by title only.
  const anywhere = and(inArray(tasks.status, openStatuses), containsWords(taskText.plain, words))
  return selectByText(scope, words, or(anywhere, containsWords(sql`${tasks.title}`, words)))
}

async function selectByKey(scope: Scope, words: string): Promise<string[]> {
  const isKey = keyCondition(scope, words)
  if (isKey === null) return []
  const found = await selectOwn(scope, isKey)
    .orderBy(asc(tasks.taskNumber), desc(tasks.updatedAt), desc(tasks.id))
    .limit(maxTasks)
  return found.map(({ id }) => id)
}

async function selectByText(scope: Scope, words: string, holds: SQL | undefined): Promise<string[]> {
  const newest = selectOwn(scope, holds)
    .orderBy(desc(tasks.updatedAt), desc(tasks.id))
    .limit(maxCandidates)
    .as('newest')
  const inTitle = containsWords(sql`${newest.title}`, words)
  const found = await scope.db
    .select({ id: newest.id })
    .from(newest)
    .orderBy(sql`case when ${inTitle} then 0 else 1 end`, desc(newest.updatedAt), desc(newest.id))
    .limit(maxTasks)
  return found.map(({ id }) => id)
}

function selectOwn({ db, ownerId }: Scope, condition: SQL | undefined) {
  return db
    .select({ id: tasks.id, title: tasks.title, updatedAt: tasks.updatedAt })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(and(eq(tasks.ownerId, ownerId), isNull(projects.deletedAt), condition))
}

/** `web-1` and `web 1` are prefixes of keys, and `12` is a number in any project. */
function keyCondition({ db, ownerId }: Scope, words: string): SQL | null | undefined {
  const text = words.trim().toUpperCase()
  const [, prefix, digits] = /^([A-Z][A-Z0-9]{1,9})[- ](\d{0,9})$/.exec(text) ?? []
  if (prefix !== undefined)
    return and(eq(tasks.taskPrefix, prefix), digits ? or(...numbersFrom(digits)) : undefined)
  if (!/^\d{1,9}$/.test(text)) return null
  const prefixes = db.select({ key: projects.projectKey }).from(projects).where(eq(projects.ownerId, ownerId))
  return and(inArray(tasks.taskPrefix, prefixes), eq(tasks.taskNumber, Number(text)))
}

// As ranges of numbers, because the index covers numbers but no key prefixes.
function numbersFrom(digits: string): SQL[] {
  const lengths = Array.from({ length: 10 - digits.length }, (_, more) => 10 ** more)
  return lengths.map(
    (size) =>
      sql`${tasks.taskNumber} between ${Number(digits) * size} and ${(Number(digits) + 1) * size - 1}`,
  )
}

const logText = {
  vector: sql`to_tsvector('simple', ${workLogs.title} || ' ' || coalesce(left(${workLogs.detail}, 10000), ''))`,
  plain: sql`${workLogs.title} || ' ' || coalesce(${workLogs.detail}, '')`,
}

async function findLogIds(scope: Scope, words: string, notOf: readonly string[]): Promise<string[]> {
  const found = await scope.db
    .select({ id: workLogs.id })
    .from(workLogs)
    .leftJoin(projects, eq(projects.id, workLogs.projectId))
    .where(
      and(
        eq(workLogs.ownerId, scope.ownerId),
        isNull(projects.deletedAt),
        isSearched(workLogs.title),
        holdsWords(logText, words),
        isUnspaced(words) ? inArray(workLogs.id, newestLogs(scope)) : undefined,
        notOf.length === 0 ? undefined : or(isNull(workLogs.taskId), notInArray(workLogs.taskId, [...notOf])),
      ),
    )
    // Ordered by an expression; otherwise Postgres reads every log in index order instead of searching (2 s for 200,000).
    .orderBy(sql`${workLogs.workedAt} + interval '0' desc`, desc(workLogs.id))
    .limit(maxLogs)
  return found.map(({ id }) => id)
}

function newestLogs(scope: Scope) {
  return scope.db
    .select({ id: workLogs.id })
    .from(workLogs)
    .where(eq(workLogs.ownerId, scope.ownerId))
    .orderBy(desc(workLogs.workedAt), desc(workLogs.createdAt))
    .limit(recentLogs)
}

async function readHits(
  scope: Scope,
  wanted: readonly { readonly kind: 'task' | 'log'; readonly id: string }[],
): Promise<SearchHit[]> {
  const idsOf = (kind: 'task' | 'log') => wanted.filter((hit) => hit.kind === kind).map(({ id }) => id)
  const found = await findTasks(scope, idsOf('task'))
  const logIds = idsOf('log')
  const logs = logIds.length === 0 ? [] : await selectWorkLogs(scope.db).where(inArray(workLogs.id, logIds))
  return wanted.flatMap(({ kind, id }): SearchHit[] => {
    if (kind === 'task') return found.filter((task) => task.id === id).map((task) => ({ kind, task }))
    return logs.filter((log) => log.id === id).map((log) => ({ kind, log: toWorkLog(log) }))
  })
}
