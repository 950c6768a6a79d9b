import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './env.ts'

/** Refuses bodies that are not valid UTF-8, which would otherwise be stored with U+FFFD in place of what was meant. */
export const requireUtf8: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.method === 'GET') return next()
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(await c.req.arrayBuffer())
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return c.json({ error: 'Invalid UTF-8: send the body as UTF-8' }, 400)
  }
  return next()
}
