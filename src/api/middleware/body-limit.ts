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

/** Refuses bodies over 1 MB. A body of a declared length is judged by it, before anything of it is read. */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const declared = c.req.header('content-length')
  const isSized = declared !== undefined && c.req.header('transfer-encoding') === undefined
  if (isSized && Number(declared) > maxBytes) throw new HTTPException(413)
  // To count what a GET brings would make a whole Request of it, 20 µs for what has no body anyway.
  return isSized || c.req.method === 'GET' ? next() : counted(c, next)
}
