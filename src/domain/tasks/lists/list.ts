import { and, asc, desc, eq, exists, gt, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import { projects, taskLabelAssignments, taskLabels, tasks } from '../../../db/schema.ts'
import { countRows } from '../../core/delete-expired.ts'
import { isInSight, type Scope } from '../../core/scope.ts'
import {
  type Engine,
  maxCounted,
  type RunState,
  type TaskPriority,
  type TaskStatus,
  taskStatuses,
} from '../../core/task-values.ts'
import { selectTasks } from '../read.ts'
import type { Task } from '../task.ts'
import { holdsWords, taskText } from '../words.ts'

/** A filter of tasks; absent fields don't limit. Tasks of deleted projects never match. */
export interface TaskFilter {
  readonly statuses?: readonly TaskStatus[] | undefined
  readonly projectKey?: string | undefined
  /** An exact name, in any case. */
  readonly label?: string | undefined
  readonly engine?: Engine | undefined
  readonly runState?: RunState | undefined
  readonly priority?: TaskPriority | undefined
  /** Words in the key, title or note. */
  readonly words?: string | undefined
  readonly focusedSince?: Date | undefined
  readonly dueBefore?: Date | undefined
}

/** The end of a page: the last task's position in board order. */
export type TaskCursor = Pick<Task, 'status' | 'sortOrder' | 'dueAt' | 'createdAt' | 'id'>

/** Lists tasks in board order: status, position in the lane, due date, newest first, ID. */
export async function listTasks(
  scope: Scope,
  filter: TaskFilter,
  page: {
    readonly limit?: number | undefined
    readonly offset?: number
    readonly after?: TaskCursor | undefined
  } = {},
): Promise<Task[]> {
  const query = selectTasks(scope.db)
    .where(and(matches(scope, filter), page.after === undefined ? undefined : isBeyond(page.after)))
    .orderBy(asc(tasks.status), asc(tasks.sortOrder), asc(tasks.dueAt), desc(tasks.createdAt), asc(tasks.id))
    .$dynamic()
  if (page.limit !== undefined) query.limit(page.limit)
  if (page.offset !== undefined) query.offset(page.offset)
  return query
}

/** Counts the tasks that match a filter, up to `maxCounted` by default. */
export async function countTasks(scope: Scope, filter: TaskFilter, max = maxCounted): Promise<number> {
  const found = scope.db
    .select({ one: sql`1` })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(matches(scope, filter))
    // In index order, so Postgres reads the index.
    .orderBy(asc(tasks.status), asc(tasks.sortOrder))
    .limit(max)
    .as('found')
  return countRows(scope.db, found)
}

/** Counts the tasks of each lane, up to `maxCounted` each. */
export async function countByStatus(scope: Scope, projectKey?: string): Promise<Record<TaskStatus, number>> {
  const lane = sql`(values ${sql.join(
    taskStatuses.map((status) => sql`(${status})`),
    sql`, `,
  )}) as lane (status)`
  const cards = scope.db
    .select({ one: sql`1` })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(and(matches(scope, { projectKey }), sql`${tasks.status} = lane.status`))
    .orderBy(asc(tasks.sortOrder))
    .limit(maxCounted)
  const found = await scope.db
    .select({
      status: sql<TaskStatus>`lane.status`,
      count: sql<number>`(select count(*)::int from ${cards} as cards)`,
    })
    .from(lane)
  const counts = { inbox: 0, todo: 0, hold: 0, ready: 0, done: 0, archived: 0 }
  for (const row of found) counts[row.status] = row.count
  return counts
}

// The index covers the first line; the rest breaks ties, which occur only in lanes of other writers.
function isBeyond(after: TaskCursor): SQL {
  const due = after.dueAt?.toISOString() ?? 'infinity'
  const created = after.createdAt.toISOString()
  return sql`(${tasks.status}, ${tasks.sortOrder}) >= (${after.status}, ${after.sortOrder}) and (
    (${tasks.status}, ${tasks.sortOrder}, coalesce(${tasks.dueAt}, 'infinity')) > (${after.status}, ${after.sortOrder}, ${due}::timestamptz)
    or ((${tasks.status}, ${tasks.sortOrder}, coalesce(${tasks.dueAt}, 'infinity')) = (${after.status}, ${after.sortOrder}, ${due}::timestamptz)
      and (date_trunc('milliseconds', ${tasks.createdAt}) < ${created}::timestamptz
        or (date_trunc('milliseconds', ${tasks.createdAt}) = ${created}::timestamptz and ${tasks.id} > ${after.id}::uuid))))`
}

function matches(scope: Scope, filter: TaskFilter): SQL | undefined {
  const { db, ownerId } = scope
  return and(
    eq(tasks.ownerId, ownerId),
    isInSight(scope),
    isNull(projects.deletedAt),
    filter.statuses === undefined ? undefined : inArray(tasks.status, [...filter.statuses]),
    filter.projectKey === undefined ? undefined : eq(projects.projectKey, filter.projectKey.toUpperCase()),
    filter.engine === undefined ? undefined : eq(tasks.engine, filter.engine),
    filter.runState === undefined ? undefined : eq(tasks.runState, filter.runState),
    filter.priority === undefined ? undefined : eq(tasks.taskPriority, filter.priority),
    filter.focusedSince === undefined ? undefined : gt(tasks.focusedAt, filter.focusedSince),
    filter.dueBefore === undefined
      ? undefined
      : sql`${tasks.dueAt} < ${filter.dueBefore.toISOString()}::timestamptz`,
    filter.label === undefined
      ? undefined
      : exists(
          db
            .select({ one: sql`1` })
            .from(taskLabelAssignments)
            .innerJoin(taskLabels, eq(taskLabels.id, taskLabelAssignments.labelId))
            .where(
              and(
                eq(taskLabelAssignments.taskId, tasks.id),
                eq(sql`lower(${taskLabels.name})`, sql`lower(${filter.label})`),
              ),
            ),
        ),
    filter.words === undefined
      ? undefined
      : or(holdsWords(taskText, filter.words), eq(tasks.taskKey, filter.words.trim().toUpperCase())),
  )
}
