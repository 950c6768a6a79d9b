import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { type ProjectRow, projects, type TaskStatus, taskStatuses, workLogs } from '../../db/schema.ts'
import { dayMs } from '../core/durations.ts'
import type { Scope } from '../core/scope.ts'

/** How recently work was logged: `well` within 3 days, `watch` within 7, otherwise `quiet`. */
export type ProjectHealth = 'well' | 'watch' | 'quiet'

export interface ProjectOverview {
  readonly project: ProjectRow
  /** The number of open tasks. */
  readonly open: number
  readonly counts: Readonly<Record<TaskStatus, number>>
  readonly lastLogAt: Date | null
  readonly health: ProjectHealth
}

/** Lists every project with its counts and health, by key. */
export async function projectOverview({ db, ownerId }: Scope, now: Date): Promise<ProjectOverview[]> {
  const weekAgo = new Date(now.getTime() - 7 * dayMs).toISOString()
  const found = await db
    .select({
      project: projects,
      // Plain names: a select from one table renders unqualified columns, which would refer to the inner tables.
      counts: sql<Partial<Record<TaskStatus, number>> | null>`(
        select jsonb_object_agg(lane.status, lane.count)
        from (select status, count(*)::int as count from tasks where project_id = projects.id group by status) lane)`,
      // The last week is a short range of the owner's timeline. Only for a project that was quiet longer are all logs read.
      lastLogAt: sql<Date | null>`coalesce(
        (select max(worked_at) from work_logs
          where owner_id = projects.owner_id and project_id = projects.id and worked_at >= ${weekAgo}::timestamptz),
        (select max(worked_at) from work_logs where project_id = projects.id))`.mapWith(workLogs.workedAt),
    })
    .from(projects)
    .where(and(eq(projects.ownerId, ownerId), isNull(projects.deletedAt)))
    .orderBy(asc(projects.projectKey))
  return found.map(({ project, counts: stored, lastLogAt }) => {
    const counts = { ...noTasks, ...stored }
    const open = counts.inbox + counts.todo + counts.hold + counts.ready
    return { project, open, counts, lastLogAt, health: healthOf(lastLogAt, now) }
  })
}

const noTasks = Object.fromEntries(taskStatuses.map((status) => [status, 0])) as Record<TaskStatus, number>

function healthOf(lastLogAt: Date | null, now: Date): ProjectHealth {
  if (lastLogAt === null) return 'quiet'
  const age = now.getTime() - lastLogAt.getTime()
  if (age <= 3 * dayMs) return 'well'
  return age <= 7 * dayMs ? 'watch' : 'quiet'
}
