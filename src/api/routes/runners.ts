import { createRoute, z } from '@hono/zod-openapi'
import { leaseMs, reportRunner } from '../../domain/runs/runners.ts'
import { recordDelivered } from '../../domain/tasks/notes/feedback.ts'
import {
  type RunnerInstructions,
  type RunnerState,
  takeInstructions,
} from '../../domain/tasks/runners/instructions.ts'
import { loseUnknownRuns } from '../../domain/tasks/runners/lose-run.ts'
import { type ReportedRun, reportRun } from '../../domain/tasks/runners/report-run.ts'
import { lostText } from '../../view/tasks/runs/run-texts.ts'
import { runAfterAnswer } from '../kit/after-answer.ts'
import type { ApiParts } from '../kit/deps.ts'
import type { ApiContext } from '../kit/env.ts'
import { createAgentCtx } from '../kit/perform.ts'
import { RunJson, RunnerAnswer, RunnerBody, RunPatch } from '../wire/runners.ts'
import { addRoute, answers, body, type Router, security } from './route.ts'

const common = { security, tags: ['Runners'] }

const hello = createRoute({
  ...common,
  method: 'post',
  path: '/api/runners',
  summary: 'Report a runner, and learn what it must do',
  description:
    'A runner is one name of one token. It sends this without a pause: `runs` renews the leases of the runs whose processes are alive, and a run that it has left out for 30 seconds is lost. The request is answered as soon as a process must end (`stop`) or the owner wrote something (`replies`, each once), at the latest after `wait` seconds.',
  request: { body: body(RunnerBody) },
  responses: answers(
    { status: 200, description: 'What the runner must do', schema: RunnerAnswer },
    [400, 413, 415],
  ),
})
const patch = createRoute({
  ...common,
  method: 'patch',
  path: '/api/runs/{id}',
  summary: "Report a run's session, use and end",
  description:
    'With the run\'s token or that of its runner, also after the run has ended. `outcome: "lost"` ends an open run, and its task becomes a question. A `limit` ends it too: its task is queued again and waits until the engine\'s limit ends.',
  request: { params: z.object({ id: z.guid() }), body: body(RunPatch) },
  responses: answers(
    { status: 200, description: 'The run', schema: z.object({ run: RunJson }) },
    [400, 404, 409, 413, 415],
  ),
})

/** Adds the routes of runners. */
export function addRunnerRoutes(router: Router, deps: ApiParts): void {
  addRoute(router, hello, async (c) => {
    const { wait = 0, runs = [], limits = [], ...report } = c.req.valid('json')
    const ctx = createAgentCtx(deps, c)
    const { id, unknownProjects } = await reportRunner(ctx, {
      ...report,
      runs,
      limits: limits.map(({ engine, until }) => ({ engine, until: new Date(until) })),
    })
    const alive = [...new Set(runs.map((run) => run.toLowerCase()))]
    await loseUnknownRuns(ctx, { runnerId: id, alive }, lostText)
    const { stop, replies } = await waitForInstructions(deps, c, { id, runs: alive }, wait)
    if (replies.length > 0) await runAfterAnswer(c, deps.log, () => recordDelivered(ctx, replies))
    return c.json({
      id,
      lease_s: leaseMs / 1_000,
      stop: [...stop],
      replies: replies.map(({ run, text, at }) => ({ run, text, at: at.toISOString() })),
      ...(unknownProjects.length === 0 ? {} : { unknown_projects: [...unknownProjects] }),
    })
  })

  addRoute(router, patch, async (c) => {
    const { usage, limit, ...report } = c.req.valid('json')
    const run = await reportRun(createAgentCtx(deps, c), c.req.valid('param').id.toLowerCase(), {
      ...report,
      describe: lostText,
      usage: usage && {
        inputTokens: usage.input_tokens,
        outputTokens: usage.output_tokens,
        costUsd: usage.cost_usd,
      },
      limit: limit && { engine: limit.engine, until: new Date(limit.until) },
    })
    return c.json({ run: toRunJson(run) })
  })
}

/** Waits until a runner has something to do. A client that has disconnected takes nothing. */
async function waitForInstructions(
  deps: ApiParts,
  c: ApiContext,
  state: RunnerState,
  seconds: number,
): Promise<RunnerInstructions> {
  const until = c.req.raw.signal
  const end = performance.now() + seconds * 1_000
  for (;;) {
    const instructions = await takeInstructions(createAgentCtx(deps, c), state)
    const left = (end - performance.now()) / 1_000
    const isOver = left <= 0 || until.aborted || deps.signal.aborted
    if (isOver || instructions.stop.length > 0 || instructions.replies.length > 0) return instructions
    await deps.runners(JSON.stringify(state), { seconds: left, until })
    if (until.aborted) return { stop: [], replies: [] }
  }
}

function toRunJson(run: ReportedRun): RunJson {
  const { usage } = run
  return {
    id: run.id,
    task_key: run.taskKey,
    attempt: run.attempt,
    engine: run.engine,
    branch: run.branch,
    base: run.base,
    session: run.agentSession,
    started_at: run.startedAt.toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
    outcome: run.outcome,
    usage: usage && {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cost_usd: usage.costUsd,
    },
    files: run.files,
  }
}
