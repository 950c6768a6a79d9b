import { Hono } from 'hono'
import type { ApiDeps } from './deps.ts'

export type { ApiDeps } from './deps.ts'

/** Builds the agents' door: REST under /api, MCP at /mcp, metrics at /metrics. */
export function createApi(deps: ApiDeps): Hono {
  const app = new Hono()
  app.get('/api/health', async (c) => c.json({ service: 'preqstation', ...(await deps.health()) }))
  return app
}
