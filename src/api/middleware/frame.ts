import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { createAddressReader } from '../kit/address.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { ApiEnv } from '../kit/env.ts'
import type { RateLimits } from './rate-limit.ts'

/** Builds what every request meets first: its client's address, the headers of every answer, and the count of it. */
export function createFrame(deps: ApiDeps, limits: RateLimits): MiddlewareHandler<ApiEnv> {
  const addressOf = createAddressReader(deps.config.trustProxy)
  return async (c, next) => {
    const began = performance.now()
    const address = addressOf(c)
    c.set('address', address)
    c.header('Cache-Control', 'no-store')
    await next()
    // What had no token to count is told of the failures.
    if (!c.res.headers.has('RateLimit-Limit')) await limits.showFailures(c, address)
    const ms = performance.now() - began
    const { method } = c.req
    const { status } = c.res
    deps.metrics.countRequest({ method, route: routePath(c), status, seconds: ms / 1_000 })
    deps.log.debug(
      { requestId: c.get('requestId'), method, path: c.req.path, status, ms: Math.round(ms) },
      'a request was answered',
    )
  }
}
