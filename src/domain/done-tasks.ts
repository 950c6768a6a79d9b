import { and, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm'
import { type Engine, projects, tasks, workLogs } from '../db/schema.ts'
import type { Scope } from './tasks/read.ts'

export interface DoneTask {
  readonly id: string
  readonly createdAt: Date
  readonly doneAt: Date
  readonly engine: Engine | null
  readonly projectKey: string
  readonly projectName: string
}

/** What was done from `from` until before `to` and still is, newest first; what was archived after it was done counts. */
export async function listDone(
  { db, ownerId }: Scope,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<DoneTask[]> {
  // The log of the last move to done says when. A board filled by other means has none, then its last change stands in.
  const doneAt = sql<Date>`coalesce(
    (select max(${workLogs.workedAt}) from ${workLogs}
      where ${workLogs.taskId} = ${tasks.id} and ${workLogs.title} like '% · % -> Done'),
    case when ${tasks.status} = 'done' then ${tasks.updatedAt} end)`
  const done = db
    .select({
      id: tasks.id,
      createdAt: tasks.createdAt,
      doneAt: doneAt.mapWith(workLogs.workedAt).as('done_at'),
      engine: tasks.engine,
      projectKey: projects.projectKey,
      projectName: projects.name,
    })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(
      and(
        eq(tasks.ownerId, ownerId),
        inArray(tasks.status, ['done', 'archived']),
        gte(tasks.updatedAt, from),
        isNull(projects.deletedAt),
      ),
    )
    .as('done')
  const at = (date: Date) => sql`${date.toISOString()}::timestamptz`
  return db
    .select()
    .from(done)
    .where(and(gte(done.doneAt, at(from)), lt(done.doneAt, at(to))))
    .orderBy(desc(done.doneAt), desc(done.id))
}
