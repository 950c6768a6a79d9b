import { z } from '@hono/zod-openapi'
import { taskStatuses } from '../../domain/core/task-values.ts'
import { text } from '../../domain/core/text.ts'
import { LabelName } from '../../domain/labels/label.ts'
import type { TaskCursor, TaskFilter } from '../../domain/tasks/lists/list.ts'
import { EngineInput, ProjectKeyInput } from './common.ts'

const CursorParts = z.tuple([
  z.enum(taskStatuses),
  z.string().regex(/^[\x21-\x7e]{1,64}$/),
  z.iso.datetime({ precision: 3 }).nullable(),
  z.iso.datetime({ precision: 3 }),
  z.guid(),
])

/** Encodes the position where a page ended. */
export function toCursor(task: TaskCursor): string {
  const { status, sortOrder, dueAt, createdAt, id } = task
  return Buffer.from(JSON.stringify([status, sortOrder, dueAt, createdAt, id])).toString('base64url')
}

/** A cursor from `toCursor`. */
export const Cursor = z
  .string()
  .max(400)
  .transform((value, context): TaskCursor => {
    const parts = CursorParts.safeParse(parseJson(Buffer.from(value, 'base64url').toString('utf8')))
    if (!parts.success) {
      context.addIssue({ code: 'custom', message: 'is not a valid cursor' })
      return z.NEVER
    }
    const [status, sortOrder, dueAt, createdAt, id] = parts.data
    return {
      status,
      sortOrder,
      dueAt: dueAt === null ? null : new Date(dueAt),
      createdAt: new Date(createdAt),
      id,
    }
  })
  .openapi({ type: 'string', description: '`next_cursor` of the previous page' })

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** A number of rows in a query string. */
export const Limit = (max: number) => z.coerce.number().int().min(1).max(max)

/** The query of GET /api/tasks. */
export const TaskQueryParams = z.object({
  status: z.enum(taskStatuses).optional(),
  label: LabelName.optional(),
  engine: EngineInput.optional(),
  run_state: z.enum(['queued', 'running', 'working']).optional(),
  project_key: ProjectKeyInput.optional(),
  projectKey: ProjectKeyInput.optional(),
  limit: Limit(200).optional(),
  compact: z
    .enum(['0', '1'])
    .transform((value) => value === '1')
    .optional()
    .openapi({ type: 'string', enum: ['0', '1'] }),
  q: text(200).optional().openapi({ description: 'Words to find in keys, titles and notes' }),
  cursor: Cursor.optional(),
})
export type TaskQueryParams = z.output<typeof TaskQueryParams>

/** Converts a query to the domain's filter. */
export function toTaskFilter(query: TaskQueryParams): TaskFilter {
  return {
    statuses: query.status && [query.status],
    label: query.label,
    engine: query.engine,
    runState: query.run_state === 'working' ? 'running' : query.run_state,
    projectKey: query.project_key ?? query.projectKey,
    words: query.q,
  }
}
