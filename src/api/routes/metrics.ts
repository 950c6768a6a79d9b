import { isSameSecret } from '../../domain/access/same-secret.ts'
import type { ApiDeps } from '../kit/deps.ts'
import { createRefuser, readBearerToken } from '../middleware/auth.ts'
import type { RateLimits } from '../middleware/rate-limit.ts'
import type { Router } from './route.ts'

/** Adds GET /metrics behind its own token; 404 if none is configured. */
export function addMetricsRoute({ app }: Router, deps: ApiDeps, limits: RateLimits): void {
  const { metricsToken } = deps.config
  if (metricsToken === undefined) {
    app.get('/metrics', (c) => c.json({ error: 'Not found' }, 404))
    return
  }
  const refuse = createRefuser(deps, limits, 'auth.metrics')
  app.get('/metrics', async (c) => {
    const presented = readBearerToken(c)
    if (presented === null) return refuse(c, 'missing')
    if (!isSameSecret(presented, metricsToken)) return refuse(c, 'unknown')
    const rendered = await deps.metrics.render()
    if (rendered === null) return c.json({ error: 'Not found' }, 404)
    return c.body(rendered.body, 200, { 'Content-Type': rendered.contentType })
  })
}
