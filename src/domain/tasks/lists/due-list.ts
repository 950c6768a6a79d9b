import { and, asc, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { projects, tasks } from '../../../db/schema.ts'
import type { Scope } from '../../core/scope.ts'
import { isAwake, selectTasks } from '../read.ts'
import type { Task } from '../task.ts'

/** Lists open tasks due before an instant, earliest first, with their number. */
export async function listDue(
  scope: Scope,
  due: { readonly before: Date; readonly limit: number; readonly offset?: number },
): Promise<{ readonly tasks: readonly Task[]; readonly count: number }> {
  const isDue = and(
    eq(tasks.ownerId, scope.ownerId),
    isNull(projects.deletedAt),
    inArray(tasks.status, ['inbox', 'todo', 'hold', 'ready']),
    lt(tasks.dueAt, due.before),
    isAwake,
  )
  const found = await selectTasks(scope.db)
    .where(isDue)
    .orderBy(asc(tasks.dueAt), asc(tasks.sortOrder), asc(tasks.id))
    .limit(due.limit)
    .offset(due.offset ?? 0)
  const [all] = await scope.db
    .select({ count: sql<number>`count(*)::int` })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(isDue)
  return { tasks: found, count: all?.count ?? 0 }
}
