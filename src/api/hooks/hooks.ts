import { createRoute, z } from '@hono/zod-openapi'
import { runAfterAnswer } from '../kit/after-answer.ts'
import type { ApiParts } from '../kit/deps.ts'
import { engineOfClient } from '../kit/engine.ts'
import type { ApiContext } from '../kit/env.ts'
import { createAgentCtx } from '../kit/perform.ts'
import { addRoute, answers, body, type Router, security } from '../routes/route.ts'
import { HookBody } from './hook-body.ts'
import type { HookRequest } from './receive.ts'

/** The paths of the hooks. */
export const hookPaths = ['/hooks/*']

const names = { claude: 'Claude Code', codex: 'Codex' } as const

function hookRoute(agent: HookRequest['agent']) {
  return createRoute({
    security,
    tags: ['Hooks'],
    method: 'post',
    path: `/hooks/${agent}`,
    summary: `Receive a hook of ${names[agent]}`,
    description:
      'A `PermissionRequest` becomes a question to the owner, and the request is held until there is an answer, which is the hook’s decision. Without one in time, the answer is `{}`, and the terminal asks. The answer to `PostToolUse` or `Stop` brings what the owner wrote in the meantime. After the owner’s Stop, the answer to a tool’s event ends the run. Other events keep the session up to date. An unknown event is answered with `{}`.',
    request: { body: body(HookBody) },
    responses: answers(
      {
        status: 200,
        description: 'Empty, the decision, or the owner’s words',
        schema: z.object({
          hookSpecificOutput: z
            .object({
              hookEventName: z.literal('PermissionRequest'),
              decision: z.looseObject({
                behavior: z.enum(['allow', 'deny']),
                message: z.string().optional(),
              }),
            })
            .or(z.object({ hookEventName: z.literal('PostToolUse'), additionalContext: z.string() }))
            .or(
              z.object({
                hookEventName: z.literal('PreToolUse'),
                permissionDecision: z.literal('deny'),
                permissionDecisionReason: z.string(),
              }),
            )
            .optional(),
          decision: z.literal('block').optional(),
          reason: z.string().optional(),
          continue: z.literal(false).optional(),
          stopReason: z.string().optional(),
        }),
      },
      [400, 413, 415],
    ),
  })
}

/** Adds the routes for agents' hooks. What answers them is loaded on the first hook, so boards without hooks don't pay for it. */
export function addHookRoutes(router: Router, deps: ApiParts): void {
  const load = async () => (await import('./receive.ts')).createHookReceiver(deps)
  let loading: ReturnType<typeof load> | undefined
  for (const agent of ['claude', 'codex'] as const)
    addRoute(router, hookRoute(agent), async (c) => {
      const body = c.req.valid('json')
      loading ??= load()
      const receive = await loading
      const ctx = createAgentCtx(deps, c, { session: body.session_id, client: engineOfClient(agent) })
      const isProxied = deps.config.publicUrl !== undefined && isForwarded(c)
      const client = c.req.raw.signal
      let work: (() => Promise<void>) | null = null
      const afterAnswer = (then: () => Promise<void>) => {
        work = then
      }
      const answer = await receive({ ctx, agent, body, isProxied, client, afterAnswer })
      if (work !== null) await runAfterAnswer(c, deps.log, work)
      return c.json(answer)
    })
}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i

// A proxy may pass on its own host, or ours.
function isForwarded(c: ApiContext): boolean {
  const headers = ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'via']
  return (
    headers.some((name) => c.req.header(name) !== undefined) ||
    !loopback.test(c.req.header('host') ?? 'localhost')
  )
}
