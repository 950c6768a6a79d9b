import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { createAddressReader } from '../kit/address.ts'
import type { ApiDeps } from '../kit/deps.ts'
import type { ApiEnv } from '../kit/env.ts'
import type { RateLimits } from './rate-limit.ts'

/** Builds the outermost middleware: it reads the client's address, sets common headers, and logs and counts the request. */
export function createRequestObserver(deps: ApiDeps, limits: RateLimits): MiddlewareHandler<ApiEnv> {
  const addressOf = createAddressReader(deps.config.trustProxy)
  return async (c, next) => {
    const began = performance.now()
    const address = addressOf(c)
    c.set('address', address)
    c.header('Cache-Control', 'no-store')
    await next()
    // Requests without a token get the address's failure limit in their headers.
    if (!c.res.headers.has('RateLimit-Limit')) await limits.showFailures(c, address)
    const ms = performance.now() - began
    const { method } = c.req
    const { status } = c.res
    deps.metrics.countRequest({ method, route: routePath(c), status, seconds: ms / 1_000 })
    deps.log.debug(
      { requestId: c.get('requestId'), method, path: c.req.path, status, ms: Math.round(ms) },
      'request answered',
    )
  }
}
