import { and, desc, eq, gte, inArray, isNull, lt, notExists, or, sql } from 'drizzle-orm'
import { type Engine, isMoveToDone, projects, tasks, workLogs } from '../../../db/schema.ts'
import type { Scope } from '../../core/scope.ts'

export interface DoneTask {
  readonly id: string
  readonly createdAt: Date
  readonly doneAt: Date
  readonly engine: Engine | null
  readonly projectKey: string
  readonly projectName: string
}

/** Lists tasks done from `from` until before `to` and still done or archived, newest first. */
export async function listDone(
  { db, ownerId }: Scope,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<DoneTask[]> {
  const movedToDone = isMoveToDone(workLogs.title)
  const logged = db
    .select({ taskId: workLogs.taskId, at: sql<Date>`max(${workLogs.workedAt})`.as('done_at') })
    .from(workLogs)
    .where(and(eq(workLogs.ownerId, ownerId), gte(workLogs.workedAt, from), movedToDone))
    .groupBy(workLogs.taskId)
    .as('logged')
  const anyLog = db
    .select({ one: sql`1` })
    .from(workLogs)
    .where(and(eq(workLogs.taskId, tasks.id), movedToDone))
  const doneAt = sql<Date>`coalesce(${logged.at}, ${tasks.updatedAt})`
  return db
    .select({
      id: tasks.id,
      createdAt: tasks.createdAt,
      doneAt: doneAt.mapWith(workLogs.workedAt),
      engine: tasks.engine,
      projectKey: projects.projectKey,
      projectName: projects.name,
    })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .leftJoin(logged, eq(logged.taskId, tasks.id))
    .where(
      and(
        eq(tasks.ownerId, ownerId),
        inArray(tasks.status, ['done', 'archived']),
        isNull(projects.deletedAt),
        // Every change updates updated_at, so a task done in the range was changed no earlier.
        gte(tasks.updatedAt, from),
        lt(doneAt, sql`${to.toISOString()}::timestamptz`),
        or(
          sql`${logged.at} is not null`,
          // On a board filled by other means, no log says when a task was done, so its last change counts.
          and(eq(tasks.status, 'done'), notExists(anyLog)),
        ),
      ),
    )
    .orderBy(desc(doneAt), desc(tasks.id))
}
