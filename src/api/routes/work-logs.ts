import { createRoute, z } from '@hono/zod-openapi'
import { DomainError } from '../../domain/core/errors.ts'
import { text } from '../../domain/core/text.ts'
import { createWorkLog, listWorkLogs } from '../../domain/tasks/work-logs.ts'
import type { ApiDeps } from '../kit/deps.ts'
import { createAgentCtx, perform } from '../kit/perform.ts'
import { EngineInput, ProjectKeyInput, TaskReference } from '../wire/common.ts'
import { Limit } from '../wire/task-query.ts'
import { toWorkLogJson, WorkLogJson } from '../wire/work-log.ts'
import { addRoute, answers, body, type Router, security } from './route.ts'

const common = { security, tags: ['Work logs'], path: '/api/work-logs' }

const list = createRoute({
  ...common,
  method: 'get',
  summary: 'List work logs, newest first',
  request: {
    query: z.object({
      task: TaskReference.optional(),
      project_key: ProjectKeyInput.optional(),
      projectKey: ProjectKeyInput.optional(),
      limit: Limit(200).optional(),
      cursor: z.guid().optional(),
    }),
  },
  responses: answers(
    {
      status: 200,
      description: 'The work logs',
      schema: z.object({ work_logs: z.array(WorkLogJson), next_cursor: z.string().nullable() }),
    },
    [400, 404],
  ),
})
const create = createRoute({
  ...common,
  method: 'post',
  summary: 'Create a work log',
  request: {
    body: body(
      z
        .object({
          title: text(2_000).pipe(z.string().trim().min(1)),
          detail: text(100_000).nullish(),
          task: TaskReference.optional(),
          project_key: ProjectKeyInput.optional(),
          projectKey: ProjectKeyInput.optional(),
          engine: z.union([EngineInput, z.literal('')]).nullish(),
          worked_at: z.iso.datetime({ offset: true }).optional(),
        })
        .openapi('NewWorkLog'),
    ),
  },
  responses: answers(
    { status: 201, description: 'The work log', schema: z.object({ work_log: WorkLogJson }) },
    [400, 409, 413, 415],
  ),
})

/** Adds the work log routes. */
export function addWorkLogRoutes(router: Router, deps: ApiDeps): void {
  addRoute(router, list, async (c) => {
    const { task, limit = 50, cursor, ...named } = c.req.valid('query')
    const projectKey = named.project_key ?? named.projectKey
    const page = await listWorkLogs(createAgentCtx(deps, c), { task, projectKey }, { limit, before: cursor })
    return c.json({ work_logs: page.entries.map(toWorkLogJson), next_cursor: page.nextCursor })
  })

  addRoute(router, create, async (c) => {
    const draft = c.req.valid('json')
    const input = {
      title: draft.title,
      detail: draft.detail,
      task: draft.task,
      projectKey: draft.project_key ?? draft.projectKey,
      engine: draft.engine || null,
      workedAt: draft.worked_at === undefined ? undefined : new Date(draft.worked_at),
    }
    const answer = await perform(deps, c, {
      verb: (ctx) => createWorkLog(ctx, input).catch(throwInvalid),
      render: async (log) => ({ status: 201, body: { work_log: toWorkLogJson(log) } }),
    })
    return answer as Response
  })
}

// The task or project is named in the body, so a missing one is a 400, not a 404.
function throwInvalid(error: unknown): never {
  if (error instanceof DomainError && error.code === 'not-found')
    throw new DomainError('invalid', error.message)
  throw error
}
