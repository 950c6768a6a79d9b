import { createRoute, z } from '@hono/zod-openapi'
import type { ApiDeps } from '../kit/deps.ts'
import { addRoute, type Router } from './route.ts'

const Health = z
  .object({
    ok: z.boolean(),
    service: z.literal('preqstation'),
    checks: z.record(z.string(), z.unknown()),
  })
  .openapi('Health')

const content = { 'application/json': { schema: Health } }
const health = createRoute({
  tags: ['Health'],
  method: 'get',
  path: '/api/health',
  summary: 'Health check (no token)',
  responses: {
    200: { description: 'Everything works', content },
    503: { description: 'The database or the connection to Telegram is down; `checks` says which', content },
  },
})

/** Adds the health check route. */
export function addHealthRoute(router: Router, deps: ApiDeps): void {
  addRoute(router, health, async (c) => {
    const { ok, checks } = await deps.health()
    return c.json({ ok, service: 'preqstation', checks }, ok ? 200 : 503)
  })
}
