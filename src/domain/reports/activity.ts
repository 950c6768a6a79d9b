import { and, desc, eq, gte, inArray, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { projects, tasks, workLogs } from '../../db/schema.ts'
import { isInSight, type Scope } from '../core/scope.ts'
import { selectTasks } from '../tasks/read.ts'
import type { Task } from '../tasks/task.ts'
import { selectWorkLogs, toWorkLog, type WorkLog } from '../work-logs/work-logs.ts'

/** An activity: a task by its last change, or a work log. */
export type Activity =
  | { readonly kind: 'task'; readonly at: Date; readonly id: string; readonly task: Task }
  | { readonly kind: 'work-log'; readonly at: Date; readonly id: string; readonly log: WorkLog }

/** The end of a page. */
export interface ActivityCursor {
  readonly at: Date
  readonly id: string
}

/** Lists tasks by last change and work logs by time in one list, newest first, optionally of some projects. */
export async function listActivity(
  scope: Scope,
  filter: {
    readonly from?: Date | undefined
    readonly to?: Date | undefined
    readonly projectKeys?: readonly string[] | undefined
  },
  page: { readonly limit: number; readonly after?: ActivityCursor | undefined },
): Promise<{ readonly activities: readonly Activity[]; readonly next: ActivityCursor | null }> {
  const keys = filter.projectKeys?.map((key) => key.toUpperCase())
  const within = (at: PgColumn, id: PgColumn) =>
    and(
      isNull(projects.deletedAt),
      isInSight(scope),
      keys === undefined ? undefined : inArray(projects.projectKey, keys),
      filter.from === undefined ? undefined : gte(at, filter.from),
      filter.to === undefined ? undefined : lte(at, filter.to),
      page.after === undefined ? undefined : isBefore(at, id, page.after),
    )
  const [changed, logs] = await Promise.all([
    selectTasks(scope.db)
      .where(and(eq(tasks.ownerId, scope.ownerId), within(tasks.updatedAt, tasks.id)))
      .orderBy(sql`date_trunc('milliseconds', ${tasks.updatedAt}) desc`, desc(tasks.id))
      .limit(page.limit + 1),
    selectWorkLogs(scope.db)
      .where(and(eq(workLogs.ownerId, scope.ownerId), within(workLogs.workedAt, workLogs.id)))
      .orderBy(sql`date_trunc('milliseconds', ${workLogs.workedAt}) desc`, desc(workLogs.id))
      .limit(page.limit + 1),
  ])
  const merged = [
    ...changed.map((task): Activity => ({ kind: 'task', at: task.updatedAt, id: task.id, task })),
    ...logs.map((log): Activity => ({ kind: 'work-log', at: log.workedAt, id: log.id, log: toWorkLog(log) })),
  ].sort((left, right) => right.at.getTime() - left.at.getTime() || (left.id < right.id ? 1 : -1))
  const activities = merged.slice(0, page.limit)
  const last = activities.at(-1)
  return {
    activities,
    next: merged.length > page.limit && last !== undefined ? { at: last.at, id: last.id } : null,
  }
}

// A cursor has milliseconds, a column microseconds; entries within the cursor's millisecond are compared by ID.
function isBefore(at: PgColumn, id: PgColumn, after: ActivityCursor): SQL | undefined {
  const end = new Date(after.at.getTime() + 1)
  return and(lt(at, end), or(lt(at, after.at), sql`${id} < ${after.id}::uuid`))
}
