import type { Scope } from '../../domain/core/scope.ts'
import { listTasks } from '../../domain/tasks/lists/list.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { type TaskQueryParams, toCursor, toTaskFilter } from './task-query.ts'

/** Lists a page of tasks and the next cursor (null on the last page); without a limit, all tasks. */
export async function listTaskPage(
  scope: Scope,
  query: TaskQueryParams,
): Promise<{ readonly tasks: readonly Task[]; readonly next: string | null }> {
  const { limit, cursor } = query
  const found = await listTasks(scope, toTaskFilter(query), {
    limit: limit === undefined ? undefined : limit + 1,
    after: cursor,
  })
  const tasks = limit === undefined ? found : found.slice(0, limit)
  const last = tasks.at(-1)
  return { tasks, next: found.length > tasks.length && last !== undefined ? toCursor(last) : null }
}
