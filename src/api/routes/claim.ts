import { createRoute, z } from '@hono/zod-openapi'
import { DomainError } from '../../domain/core/errors.ts'
import { claimTask, objectiveOf } from '../../domain/tasks/claim.ts'
import { recordFetched } from '../../domain/tasks/notes/feedback.ts'
import { claimForRunner } from '../../domain/tasks/runners/claim-for-runner.ts'
import type { TaskDetail } from '../../domain/tasks/task.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { ApiContext } from '../kit/env.ts'
import { checkedBy, createAgentCtx, perform, readIdempotencyKey } from '../kit/perform.ts'
import { waitFor } from '../kit/wait.ts'
import { toTaskAnswer } from '../wire/answers.ts'
import { LabelJson } from '../wire/common.ts'
import { ClaimedRun } from '../wire/runners.ts'
import { TaskJson, toAssignee } from '../wire/task.ts'
import { ClaimBody } from '../wire/task-input.ts'
import { addRoute, answers, body, type Router, security } from './route.ts'

const claim = createRoute({
  security,
  tags: ['Tasks'],
  method: 'post',
  path: '/api/tasks/claim',
  summary: 'Claim the next queued task',
  description:
    'Two callers never get the same task. Without one, the answer is 204. With `runner`, only queued tasks are handed out, and `run.token` is a token for this run only: it is shown once and ends with the run.',
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
          run: ClaimedRun.optional(),
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
    const { wait = 0, label, status, runner, engines, projects, ...wanted } = c.req.valid('json')
    if (runner !== undefined) return claimAsRunner(deps, c, { runner, engines, projects, wait, assignee })
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

/** Answers a runner's claim. It is never stored for an idempotency key, because it has a token. */
async function claimAsRunner(
  deps: ApiDeps,
  c: ApiContext,
  { runner, engines = [], projects = [], wait, assignee }: RunnerRequest,
): Promise<Response> {
  if (readIdempotencyKey(c) !== null)
    throw new DomainError('invalid', "A runner's claim takes no Idempotency-Key: its answer has a token.")
  const claimed = await waitFor(deps, { seconds: wait, client: () => c.req.raw.signal }, (_, signal) =>
    claimForRunner(
      createAgentCtx(
        deps,
        c,
        checkedBy(() => signal.throwIfAborted()),
      ),
      {
        runner,
        engines,
        projects,
      },
    ),
  )
  if (claimed === null) return c.body(null, 204)
  const { task, run } = claimed
  await recordFetched(createAgentCtx(deps, c), task)
  return c.json({ ...toTaskAnswer(task, assignee), objective: objectiveOf(task.status), run })
}

interface RunnerRequest {
  readonly runner: string
  readonly engines: ClaimBody['engines']
  readonly projects: ClaimBody['projects']
  readonly wait: number
  readonly assignee: string
}
