import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { createFailureLimit } from '../domain/access/failure-limit.ts'
import { findOutdatedStates } from '../domain/tasks/runners/instructions.ts'
import { addHookRoutes, hookPaths } from './hooks/hooks.ts'
import type { ApiDeps, ApiParts } from './kit/deps.ts'
import type { ApiEnv } from './kit/env.ts'
import { answerError, answerInvalid } from './kit/errors.ts'
import { createQuestionWaits } from './kit/question-waits.ts'
import { createSharedWaits } from './kit/shared-waits.ts'
import { createGuard } from './middleware/auth.ts'
import { limitBody, requireUtf8 } from './middleware/body.ts'
import { createCloser } from './middleware/close-routes.ts'
import { createRateLimits } from './middleware/rate-limit.ts'
import { createRequestObserver } from './middleware/request-observer.ts'
import { addClaimRoute } from './routes/claim.ts'
import { addCommentRoutes } from './routes/comments.ts'
import { addDocRoutes } from './routes/docs.ts'
import { addEventRoutes } from './routes/events.ts'
import { addHealthRoute } from './routes/health.ts'
import { addMcpRoute, mcpPaths } from './routes/mcp.ts'
import { addMeRoute } from './routes/me.ts'
import { addMetricsRoute } from './routes/metrics.ts'
import { addPluginRoutes, pluginPaths } from './routes/plugins.ts'
import { addProjectRoutes } from './routes/projects.ts'
import { addQuestionRoutes } from './routes/questions.ts'
import { addRunnerRoutes } from './routes/runners.ts'
import { addTaskRoutes } from './routes/tasks.ts'
import { addWorkLogRoutes } from './routes/work-logs.ts'

export type { ApiDeps } from './kit/deps.ts'

/** The paths of the agent API. */
export const apiPaths = ['/api/*', ...mcpPaths, ...hookPaths, ...pluginPaths, '/metrics']

// An agent's hooks report each use of a tool.
const hooksPerMinute = 6_000

/** Builds the agent API: REST under /api, MCP at /mcp, hooks under /hooks, plugins under /agents, metrics at /metrics. /.well-known is always 404; other paths belong to the caller. */
export function createApi(given: ApiDeps): Hono<ApiEnv> {
  // Each waiting request listens to it, which Node 20 takes for a leak.
  setMaxListeners(0, given.signal)
  const deps: ApiParts = {
    ...given,
    questions: createQuestionWaits(given),
    runners: createSharedWaits(given, (states) => findOutdatedStates(given.db, states)),
  }
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: answerInvalid })
  const failures = createFailureLimit()
  const limits = createRateLimits(deps.config.rateLimit, failures)
  app.onError(answerError(deps.log))
  for (const path of apiPaths) {
    app.use(
      path,
      requestId({ generator: () => randomUUID() }),
      secureHeaders(),
      createRequestObserver(deps, limits),
    )
  }
  const router = { app, guards: [createGuard(deps, limits), limitBody, requireUtf8] }
  const closeRoutes = createCloser(app)
  addHealthRoute(router, deps)
  addClaimRoute(router, deps)
  // Closed now because /api/tasks/{id} also matches /api/tasks/claim.
  closeRoutes()
  addTaskRoutes(router, deps)
  addCommentRoutes(router, deps)
  addMeRoute(router, deps)
  addProjectRoutes(router, deps)
  addEventRoutes(router, deps)
  addWorkLogRoutes(router, deps)
  addQuestionRoutes(router, deps)
  addRunnerRoutes(router, deps)
  addMcpRoute(router, deps)
  const hookGuard = createGuard(deps, createRateLimits(hooksPerMinute, failures))
  addHookRoutes({ app, guards: [hookGuard, limitBody, requireUtf8] }, deps)
  addMetricsRoute(router, deps, limits)
  addPluginRoutes(router, deps)
  addDocRoutes(router, deps)
  closeRoutes()
  for (const path of ['/api/*', '/agents/*', ...mcpPaths, ...hookPaths])
    app.all(path, (c) => c.json({ error: 'Not found' }, 404))
  return app
}
