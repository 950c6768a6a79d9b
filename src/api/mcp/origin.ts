import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from '../kit/env.ts'

const loopback = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Refuses cross-site requests from browsers, as the MCP transport spec requires against DNS rebinding.
 * Other clients send no `Origin`.
 */
export function createOriginGuard(publicUrl: string | undefined): MiddlewareHandler<ApiEnv> {
  const own = publicUrl !== undefined && URL.canParse(publicUrl) ? new URL(publicUrl).origin : null
  return async (c, next) => {
    const origin = c.req.header('origin')
    if (origin === undefined || origin === own || isLoopback(origin)) return next()
    return c.json({ error: 'This Origin is not allowed' }, 403)
  }
}

function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return /^https?:$/.test(protocol) && loopback.test(hostname)
}
