import { createRoute, z } from '@hono/zod-openapi'
import { workLogKinds } from '../../domain/core/events.ts'
import { engines } from '../../domain/core/task-values.ts'
import { text } from '../../domain/core/text.ts'
import { editTask } from '../../domain/tasks/edit/edit.ts'
import { releaseEdit } from '../../domain/tasks/edit/handoff.ts'
import { listTaskLog } from '../../domain/tasks/notes/comments.ts'
import { createWorkLog } from '../../domain/tasks/work-logs.ts'
import { progressLog } from '../../domain/work-logs/work-log-texts.ts'
import type { ApiDeps } from '../kit/deps.ts'
import { createAgentCtx, perform } from '../kit/perform.ts'
import { requireDetail, toTaskAnswer, withDetail } from '../wire/answers.ts'
import { Instant, LabelJson, TaskReference } from '../wire/common.ts'
import { TaskJson, toAssignee } from '../wire/task.ts'
import { Limit } from '../wire/task-query.ts'
import { addRoute, answers, body, type Router, security } from './route.ts'

const params = z.object({ id: TaskReference })
const common = { security, tags: ['Tasks'] }
const nonBlankText = text(20_000).pipe(z.string().trim().min(1, 'must not be empty'))

const CommentJson = z
  .object({ id: z.uuid(), author: z.string().nullable(), text: z.string(), at: Instant })
  .openapi('Comment')
const EntryJson = z
  .object({
    id: z.uuid(),
    kind: z.enum(workLogKinds),
    title: z.string(),
    detail: z.string().nullable(),
    engine: z.enum(engines).nullable(),
    author: z.string().nullable(),
    at: Instant,
  })
  .openapi('LogEntry')

const release = createRoute({
  ...common,
  method: 'post',
  path: '/api/tasks/{id}/release',
  summary: 'Give a run back: the task is queued again',
  request: { params, body: body(z.object({ note: nonBlankText.optional() }).openapi('Release')) },
  responses: answers(
    {
      status: 200,
      description: 'The task',
      schema: z.object({ task: TaskJson, available_labels: z.array(LabelJson) }),
    },
    [400, 404, 409, 413, 415],
  ),
})
const comments = createRoute({
  ...common,
  method: 'get',
  path: '/api/tasks/{id}/comments',
  summary: 'List the comments on a task, oldest first',
  request: { params },
  responses: answers(
    { status: 200, description: 'The comments', schema: z.object({ comments: z.array(CommentJson) }) },
    [404],
  ),
})
const comment = createRoute({
  ...common,
  method: 'post',
  path: '/api/tasks/{id}/comments',
  summary: 'Comment on a task, or post a line of progress',
  request: {
    params,
    body: body(
      z
        .object({
          text: nonBlankText,
          progress: z.boolean().optional().openapi({
            description: 'One silent line on the card; from the holder of the run, a heartbeat',
          }),
        })
        .openapi('NewComment'),
    ),
  },
  responses: answers(
    { status: 201, description: 'The comment', schema: z.object({ comment: CommentJson }) },
    [400, 404, 409, 413, 415],
  ),
})
const log = createRoute({
  ...common,
  method: 'get',
  path: '/api/tasks/{id}/log',
  summary: 'List what was logged about a task, oldest first',
  request: { params, query: z.object({ limit: Limit(200).optional(), cursor: z.guid().optional() }) },
  responses: answers(
    {
      status: 200,
      description: 'The entries',
      schema: z.object({ entries: z.array(EntryJson), next_cursor: z.string().nullable() }),
    },
    [400, 404],
  ),
})

/** Adds the routes for a task's comments and log, and for releasing a run. */
export function addCommentRoutes(router: Router, deps: ApiDeps): void {
  const assignee = toAssignee(deps.ownerEmail)

  addRoute(router, release, async (c) => {
    const { id } = c.req.valid('param')
    const { note } = c.req.valid('json')
    return (await perform(deps, c, {
      verb: (ctx) => editTask(ctx, id, releaseEdit(note), withDetail),
      render: async ({ detail }) => ({ status: 200, body: toTaskAnswer(requireDetail(detail), assignee) }),
    })) as Response
  })

  addRoute(router, comments, async (c) => {
    const ctx = createAgentCtx(deps, c)
    const { entries } = await listTaskLog(ctx, c.req.valid('param').id, { kinds: ['comment'], limit: 1_000 })
    return c.json({ comments: entries.map(toCommentJson) })
  })

  addRoute(router, comment, async (c) => {
    const { id } = c.req.valid('param')
    const { text, progress } = c.req.valid('json')
    const author = `agent:${c.get('token').name}`
    const toAnswer = (made: { readonly id: string; readonly at: Date }) => ({
      status: 201,
      body: { comment: { id: made.id, author, text, at: made.at.toISOString() } },
    })
    if (!progress)
      return (await perform(deps, c, {
        verb: (ctx) => editTask(ctx, id, { comment: text }),
        render: async ({ commentId }) => toAnswer({ id: commentId ?? '', at: deps.now() }),
      })) as Response
    return (await perform(deps, c, {
      verb: (ctx) => createWorkLog(ctx, { task: id, ...progressLog(text) }),
      render: async (log) => toAnswer({ id: log.id, at: log.workedAt }),
    })) as Response
  })

  addRoute(router, log, async (c) => {
    const ctx = createAgentCtx(deps, c)
    const { limit = 50, cursor } = c.req.valid('query')
    const page = await listTaskLog(ctx, c.req.valid('param').id, { limit, after: cursor })
    return c.json({
      entries: page.entries.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
      next_cursor: page.nextCursor,
    })
  })
}

function toCommentJson({
  id,
  author,
  detail,
  at,
}: Awaited<ReturnType<typeof listTaskLog>>['entries'][number]) {
  return { id, author, text: detail ?? '', at: at.toISOString() }
}
