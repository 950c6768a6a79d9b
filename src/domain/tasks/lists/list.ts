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

/** Which tasks; what is absent does not limit. Tasks of deleted projects are never among them. */
export interface TaskFilter {
  readonly statuses?: readonly TaskStatus[] | undefined
  readonly projectKey?: string | undefined
  /** Exact, in any case. */
  readonly label?: string | undefined
  readonly engine?: Engine | undefined
  readonly runState?: RunState | undefined
  readonly priority?: TaskPriority | undefined
  /** Words that key, title or note hold. */
  readonly words?: string | undefined
  readonly focusedSince?: Date | undefined
  readonly dueBefore?: Date | undefined
}

/** Where a page ended: the last task's place in the order of the board. */
export type TaskCursor = Pick<Task, 'status' | 'sortOrder' | 'dueAt' | 'createdAt' | 'id'>

/** Tasks in the order of the board: status, place in the lane, due date, newest first, id. */
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

/** How many tasks the filter lets through, up to `mostCounted` unless told otherwise. */
export async function countTasks(scope: Scope, filter: TaskFilter, max = maxCounted): Promise<number> {
  const found = scope.db
    .select({ one: sql`1` })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(matches(scope, filter))
    // In the order of the index, so that it is the index that is read.
    .orderBy(asc(tasks.status), asc(tasks.sortOrder))
    .limit(max)
    .as('found')
  return countRows(scope.db, found)
}

/** How many tasks lie in each lane, up to `mostCounted` of each. */
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

// The first line is what the index can use; the rest breaks ties, which only a lane of another writer has.
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
