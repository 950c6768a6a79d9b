import { and, eq, inArray, isNotNull, isNull, not, type SQL, sql } from 'drizzle-orm'
import { projects, questions, tasks } from '../../../db/schema.ts'
import { countRows } from '../../core/delete-expired.ts'
import type { Scope } from '../../core/scope.ts'
import { maxCounted, openStatuses } from '../../core/task-values.ts'
import { hasQuestion, isAwake } from '../read.ts'

/** Counts the tasks that need the owner by turn, up to `maxCounted` each. */
export async function countNeeds(scope: Scope): Promise<Record<'question' | 'review' | 'new', number>> {
  const isFree = and(isNull(tasks.runState), not(hasQuestion))
  const [question, review, fresh] = await Promise.all([
    countWhere(scope, and(inArray(tasks.status, openStatuses), inArray(tasks.id, idsWithQuestion(scope)))),
    countWhere(scope, and(eq(tasks.status, 'ready'), isFree)),
    countWhere(scope, and(eq(tasks.status, 'inbox'), isFree, isAwake)),
  ])
  return { question, review, new: fresh }
}

/** Builds a subquery for the IDs of tasks with an open question. */
export function idsWithQuestion({ db, ownerId }: Scope) {
  return db
    .select({ id: sql<string>`${questions.taskId}` })
    .from(questions)
    .where(and(eq(questions.ownerId, ownerId), sql`${questions.state} = 'open'`, isNotNull(questions.taskId)))
}

/** The time of a task's oldest open question, for sorting. */
export const oldestQuestion = sql`(
  select min(${questions.createdAt}) from ${questions} where ${questions.taskId} = ${tasks.id} and ${questions.state} = 'open')`

function countWhere({ db, ownerId }: Scope, condition: SQL | undefined): Promise<number> {
  const found = db
    .select({ one: sql`1` })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(and(eq(tasks.ownerId, ownerId), isNull(projects.deletedAt), condition))
    .limit(maxCounted)
    .as('found')
  return countRows(db, found)
}
