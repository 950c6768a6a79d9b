import { z } from '@hono/zod-openapi'
import type { Activity, ActivityCursor } from '../../domain/reports/activity.ts'

/** Encodes the position where a page of activity ended. */
export function toActivityCursor({ at, id }: ActivityCursor): string {
  return `${at.toISOString()}_${id}`
}

export const ActivityCursorInput = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  .refine((value) => !Number.isNaN(Date.parse(value.slice(0, 24))), 'is not a valid cursor')
  .transform((value): ActivityCursor => ({ at: new Date(value.slice(0, 24)), id: value.slice(25) }))

/** Converts an activity entry: a task's last change or a work log. */
export function toActivityJson(activity: Activity) {
  const at = activity.at.toISOString()
  if (activity.kind === 'task') {
    const { task } = activity
    return {
      event_id: `task:${task.id}:updated:${at}`,
      type: 'task.updated',
      source: 'task',
      occurred_at: at,
      project_key: task.project.key,
      task_key: task.key,
      title: task.title,
      status: task.status,
      engine: task.engine,
      summary: null,
    }
  }
  const { log } = activity
  return {
    event_id: `work_log:${log.id}:worked:${at}`,
    type: 'work_log.created',
    source: 'work_log',
    occurred_at: at,
    project_key: log.projectKey,
    task_key: log.taskKey,
    title: log.title,
    status: null,
    engine: log.engine,
    summary: log.detail,
  }
}
