import { createRoute, z } from '@hono/zod-openapi'
import { createTask } from '../../domain/tasks/create.ts'
import { type Edited, editTask } from '../../domain/tasks/edit/edit.ts'
import { deleteTask } from '../../domain/tasks/removal/remove.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { ApiContext } from '../kit/env.ts'
import { namesProject, requireNamedProject, requireSameProject } from '../kit/named-project.ts'
import { createAgentCtx, perform } from '../kit/perform.ts'
import { requireRunEdit } from '../kit/run-scope.ts'
import {
  availableLabels,
  readTaskAnswer,
  requireDetail,
  toTaskAnswer,
  toTaskList,
  withDetail,
} from '../wire/answers.ts'
import { LabelJson, TaskReference } from '../wire/common.ts'
import { CompactTaskJson, TaskJson, toAssignee, toCompactTaskJson } from '../wire/task.ts'
import { NewTaskBody, StatusBody, TaskPatchBody } from '../wire/task-input.ts'
import { listTaskPage } from '../wire/task-page.ts'
import { TaskQueryParams } from '../wire/task-query.ts'
import { toNewTask, toTaskEdit } from '../wire/to-edit.ts'
import { addRoute, answers, body, type Router, security } from './route.ts'

const available_labels = z.array(LabelJson)
const OneTask = z.object({ task: TaskJson, available_labels })
const TaskList = z.object({
  tasks: z.union([z.array(TaskJson), z.array(CompactTaskJson)]),
  available_labels,
  next_cursor: z.string().nullable().optional(),
})
const params = z.object({ id: TaskReference })
const common = { security, tags: ['Tasks'] }

const list = createRoute({
  ...common,
  method: 'get',
  path: '/api/tasks',
  summary: 'List tasks in board order',
  request: { query: TaskQueryParams },
  responses: answers({ status: 200, description: 'The tasks', schema: TaskList }, [400]),
})
const create = createRoute({
  ...common,
  method: 'post',
  path: '/api/tasks',
  summary: 'Create a task',
  request: { body: body(NewTaskBody) },
  responses: answers({ status: 201, description: 'The new task', schema: OneTask }, [400, 409, 413, 415]),
})
const read = createRoute({
  ...common,
  method: 'get',
  path: '/api/tasks/{id}',
  summary: 'Get a task',
  request: { params },
  responses: answers({ status: 200, description: 'The task', schema: OneTask }, [404]),
})
const patch = createRoute({
  ...common,
  method: 'patch',
  path: '/api/tasks/{id}',
  summary: 'Update a task or run a lifecycle action',
  description:
    'What is absent stays. Lifecycle actions: `start` marks the task as in progress (send it again as a heartbeat), `plan` writes `planMarkdown`, `complete` hands the work to the owner, `block` asks the owner, and `review` accepts. A `result` becomes a work log.',
  request: { params, body: body(TaskPatchBody) },
  responses: answers({ status: 200, description: 'The task', schema: OneTask }, [400, 404, 409, 413, 415]),
})
const status = createRoute({
  ...common,
  method: 'patch',
  path: '/api/tasks/{id}/status',
  summary: "Set a task's status",
  request: { params, body: body(StatusBody) },
  responses: answers({ status: 200, description: 'The task', schema: OneTask }, [400, 404, 409, 413, 415]),
})
const remove = createRoute({
  ...common,
  method: 'delete',
  path: '/api/tasks/{id}',
  summary: 'Delete a task',
  request: { params },
  responses: answers(
    { status: 200, description: 'Deleted', schema: z.object({ ok: z.literal(true) }) },
    [404],
  ),
})

/** Adds the task routes. */
export function addTaskRoutes(router: Router, deps: ApiDeps): void {
  const assignee = toAssignee(deps.ownerEmail)

  const change = async (
    c: ApiContext,
    work: (ctx: ReturnType<typeof createAgentCtx>) => Promise<Edited>,
    code: 200 | 201,
  ) =>
    // Never null: only a waiting claim has nothing to answer with.
    (await perform(deps, c, {
      verb: work,
      render: async ({ detail, refused }) =>
        refused === undefined
          ? { status: code, body: toTaskAnswer(requireDetail(detail), assignee) }
          : { status: 409, body: { error: refused.message } },
    })) as Response

  addRoute(router, list, async (c) => {
    const query = c.req.valid('query')
    const scope = createAgentCtx(deps, c)
    const page = await listTaskPage(scope, query)
    return c.json({
      tasks: query.compact
        ? page.tasks.map(toCompactTaskJson)
        : await toTaskList(scope, page.tasks, assignee),
      available_labels: await availableLabels(scope),
      ...(query.limit === undefined ? {} : { next_cursor: page.next }),
    })
  })

  addRoute(router, create, async (c) => {
    const draft = c.req.valid('json')
    return change(
      c,
      async (ctx) => {
        const project = await requireNamedProject(ctx, draft)
        return createTask(ctx, toNewTask(draft, project.id))
      },
      201,
    )
  })

  addRoute(router, read, async (c) => {
    return c.json(await readTaskAnswer(createAgentCtx(deps, c), c.req.valid('param').id, assignee))
  })

  addRoute(router, patch, async (c) => {
    const { id } = c.req.valid('param')
    const wanted = c.req.valid('json')
    requireRunEdit(c.get('run'), wanted)
    return change(
      c,
      async (ctx) => {
        if (namesProject(wanted)) await requireSameProject(ctx, id, wanted)
        return editTask(ctx, id, toTaskEdit(wanted), withDetail)
      },
      200,
    )
  })

  addRoute(router, status, async (c) => {
    const { id } = c.req.valid('param')
    const { status, engine } = c.req.valid('json')
    const edit = { status, engine: engine === '' ? null : engine, clearRun: true, strictReady: true }
    return change(c, (ctx) => editTask(ctx, id, edit, withDetail), 200)
  })

  addRoute(router, remove, async (c) => {
    await deleteTask(createAgentCtx(deps, c), c.req.valid('param').id)
    return c.json({ ok: true })
  })
}
