import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { ApiEnv } from '../kit/env.ts'

const maxBytes = 1_000_000

const counted = bodyLimit({
  maxSize: maxBytes,
  onError: () => {
    throw new HTTPException(413)
  },
})

/** Refuses bodies over 1 MB, by their declared length if they have one, before reading anything. */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const declared = c.req.header('content-length')
  const isSized = declared !== undefined && c.req.header('transfer-encoding') === undefined
  if (isSized && Number(declared) > maxBytes) throw new HTTPException(413)
  // bodyLimit would build a full Request for each GET: 20 µs for a body that isn't there.
  return isSized || c.req.method === 'GET' ? next() : counted(c, next)
}

/** Refuses bodies that are not valid UTF-8, which would otherwise be stored with U+FFFD replacement characters. */
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
