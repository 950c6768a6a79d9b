import { randomUUID } from 'node:crypto'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import type { ApiDeps } from './kit/deps.ts'
import type { ApiEnv } from './kit/env.ts'
import { answerError, answerInvalid } from './kit/errors.ts'
import { requireUtf8 } from './kit/utf8.ts'
import { createGuard } from './middleware/auth.ts'
import { limitBody } from './middleware/body-limit.ts'
import { createCloser } from './middleware/close-routes.ts'
import { createFrame } from './middleware/frame.ts'
import { createRateLimits } from './middleware/rate-limit.ts'
import { addClaimRoute } from './routes/claim.ts'
import { addDocRoutes } from './routes/docs.ts'
import { addEventRoutes } from './routes/events.ts'
import { addHealthRoute } from './routes/health.ts'
import { addMcpRoute, mcpPaths } from './routes/mcp.ts'
import { addMeRoute } from './routes/me.ts'
import { addMetricsRoute } from './routes/metrics.ts'
import { addProjectRoutes } from './routes/projects.ts'
import { addTalkRoutes } from './routes/talk.ts'
import { addTaskRoutes } from './routes/tasks.ts'
import { addWorkLogRoutes } from './routes/work-logs.ts'

export type { ApiDeps } from './kit/deps.ts'

/** The paths of the agent API. */
export const apiPaths = ['/api/*', ...mcpPaths, '/metrics']

/** Builds the agent API: REST under /api, MCP at /mcp, metrics at /metrics. Of other paths only /.well-known is touched: nothing is there. */
export function createApi(deps: ApiDeps): Hono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: answerInvalid })
  const limits = createRateLimits(deps.config.rateLimit)
  app.onError(answerError(deps.log))
  for (const path of apiPaths) {
    app.use(path, requestId({ generator: () => randomUUID() }), secureHeaders(), createFrame(deps, limits))
  }
  const door = { app, guards: [createGuard(deps, limits), limitBody, requireUtf8] }
  const closeRoutes = createCloser(app)
  addHealthRoute(door, deps)
  addClaimRoute(door, deps)
  // Closed first, because /api/tasks/{id} would also match its path.
  closeRoutes()
  addTaskRoutes(door, deps)
  addTalkRoutes(door, deps)
  addMeRoute(door, deps)
  addProjectRoutes(door, deps)
  addEventRoutes(door, deps)
  addWorkLogRoutes(door, deps)
  addMcpRoute(door, deps)
  addMetricsRoute(door, deps, limits)
  addDocRoutes(door, deps)
  closeRoutes()
  for (const path of ['/api/*', ...mcpPaths]) app.all(path, (c) => c.json({ error: 'Not found' }, 404))
  return app
}
