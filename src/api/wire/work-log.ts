import { z } from '@hono/zod-openapi'
import { engines } from '../../domain/core/task-values.ts'
import type { WorkLog } from '../../domain/work-logs/work-logs.ts'
import { Instant } from './common.ts'

/** A work log as agents see it. */
export const WorkLogJson = z
  .object({
    id: z.uuid(),
    title: z.string(),
    detail: z.string().nullable(),
    engine: z.enum(engines).nullable(),
    task_key: z.string().nullable(),
    project_key: z.string().nullable(),
    worked_at: Instant,
    created_at: Instant,
  })
  .openapi('WorkLog')
export type WorkLogJson = z.infer<typeof WorkLogJson>

export function toWorkLogJson(log: WorkLog): WorkLogJson {
  return {
    id: log.id,
    title: log.title,
    detail: log.detail,
    engine: log.engine,
    task_key: log.taskKey,
    project_key: log.projectKey,
    worked_at: log.workedAt.toISOString(),
    created_at: log.createdAt.toISOString(),
  }
}
