import { createRoute, z } from '@hono/zod-openapi'
import { claimTask, objectiveOf } from '../../domain/tasks/claim.ts'
import { recordFetched } from '../../domain/tasks/notes/feedback.ts'
import type { TaskDetail } from '../../domain/tasks/task.ts'
import type { ApiDeps } from '../kit/deps.ts'
import { createAgentCtx, perform } from '../kit/perform.ts'
import { waitFor } from '../kit/wait.ts'
import { toTaskAnswer } from '../wire/answers.ts'
import { LabelJson } from '../wire/common.ts'
import { TaskJson, toAssignee } from '../wire/task.ts'
import { ClaimBody } from '../wire/task-input.ts'
import { addRoute, answers, body, type Router, security } from './route.ts'

const claim = createRoute({
  security,
  tags: ['Tasks'],
  method: 'post',
  path: '/api/tasks/claim',
  summary: 'Claim the next queued task',
  description: 'Two callers never get the same task. Without one, the answer is 204.',
  request: { body: body(ClaimBody) },
  responses: {
    ...answers(
      {
        status: 200,
        description: 'The task; its run state is now `working`',
        schema: z.object({
          task: TaskJson,
          objective: z.enum(['plan', 'implement', 'review']),
          resumed: z.literal(true).optional(),
          available_labels: z.array(LabelJson),
        }),
      },
      [400, 404, 409, 413, 415],
    ),
    204: { description: 'No task is queued' },
  },
})

/** Adds the claim route. */
export function addClaimRoute(router: Router, deps: ApiDeps): void {
  const assignee = toAssignee(deps.ownerEmail)
  addRoute(router, claim, async (c) => {
    const { wait = 0, label, status, ...wanted } = c.req.valid('json')
    const input = {
      label,
      status,
      engine: wanted.engine,
      projectKey: wanted.project_key ?? wanted.projectKey,
      resume: wanted.resume,
      resumes: wanted.next ? 'none' : 'token',
    } as const
    let claimed: TaskDetail | null = null
    const answer = await waitFor(deps, { seconds: wait, client: () => c.req.raw.signal }, (isLast, signal) =>
      perform(deps, c, {
        verb: (ctx) => claimTask(ctx, input),
        // A client that has disconnected doesn't get the task.
        check: () => signal.throwIfAborted(),
        render: async ({ task, isResumed }) => {
          // The empty answer comes only at the end of the wait, so it is stored once under an idempotency key.
          claimed = task
          if (task === null) return isLast ? { status: 204 } : null
          const answer = toTaskAnswer(task, assignee)
          const objective = objectiveOf(task.status)
          return { status: 200, body: { ...answer, objective, ...(isResumed ? { resumed: true } : {}) } }
        },
      }),
    )
    if (claimed !== null) await recordFetched(createAgentCtx(deps, c), claimed)
    return answer ?? c.body(null, 204)
  })
}
