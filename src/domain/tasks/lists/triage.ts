import { and, asc, eq, isNull, not, notInArray, sql } from 'drizzle-orm'
import { projects, tasks } from '../../../db/schema.ts'
import { countRows } from '../../core/delete-expired.ts'
import type { Scope } from '../../core/scope.ts'
import { maxCounted } from '../../core/task-values.ts'
import { hasQuestion, isAwake, selectTasks } from '../read.ts'
import type { Task } from '../task.ts'

/** Finds the oldest new task that wasn't skipped. */
export async function nextInInbox(scope: Scope, skipped: readonly string[]): Promise<Task | null> {
  const [task] = await selectTasks(scope.db)
    .where(isNew(scope, skipped))
    .orderBy(asc(tasks.createdAt), asc(tasks.id))
    .limit(1)
  return task ?? null
}

/** Counts the new tasks that weren't skipped, up to `maxCounted`. */
export async function countInInbox(scope: Scope, skipped: readonly string[]): Promise<number> {
  const found = scope.db
    .select({ one: sql`1` })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isNew(scope, skipped))
    .limit(maxCounted)
    .as('found')
  return countRows(scope.db, found)
}

/** The condition that it's the turn `new`. */
function isNew({ ownerId }: Scope, skipped: readonly string[]) {
  return and(
    eq(tasks.ownerId, ownerId),
    eq(tasks.status, 'inbox'),
    isNull(projects.deletedAt),
    isNull(tasks.runState),
    isAwake,
    not(hasQuestion),
    skipped.length === 0 ? undefined : notInArray(tasks.id, [...skipped]),
  )
}
