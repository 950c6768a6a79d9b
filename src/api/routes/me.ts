import { createRoute, z } from '@hono/zod-openapi'
import { tokenRights } from '../../domain/access/tokens.ts'
import { engines } from '../../domain/core/task-values.ts'
import { listOwnRuns } from '../../domain/tasks/own-runs.ts'
import type { ApiDeps } from '../kit/deps.ts'
import { createAgentCtx } from '../kit/perform.ts'
import { Instant } from '../wire/common.ts'
import { addRoute, answers, type Router, security } from './route.ts'

const Me = z
  .object({
    token: z.object({
      name: z.string(),
      engine: z.enum(engines).nullable(),
      rights: z.enum(tokenRights),
      projects: z.array(z.string()).nullable().openapi({ description: 'Null: all projects' }),
    }),
    runs: z.array(z.object({ task_key: z.string(), since: Instant, session: z.string().nullable() })),
  })
  .openapi('Me')

const me = createRoute({
  security,
  tags: ['Tokens'],
  method: 'get',
  path: '/api/me',
  summary: 'Read what this token may do and what it works on',
  responses: answers({ status: 200, description: 'The token and its open runs', schema: Me }, []),
})

/** Adds the route that describes the caller's token. */
export function addMeRoute(router: Router, deps: ApiDeps): void {
  addRoute(router, me, async (c) => c.json(await readMe(deps, c)))
}

/** Reads what the request's token may do and its open runs. */
export async function readMe(
  deps: ApiDeps,
  c: Parameters<typeof createAgentCtx>[1],
): Promise<z.infer<typeof Me>> {
  const { name, engine, rights, projectKeys } = c.get('token')
  const runs = await listOwnRuns(createAgentCtx(deps, c))
  return {
    token: {
      name,
      engine,
      rights: rights ?? 'full',
      projects: projectKeys === null ? null : [...projectKeys],
    },
    runs: runs.map(({ key, since, session }) => ({ task_key: key, since: since.toISOString(), session })),
  }
}
