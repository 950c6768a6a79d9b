import { HTTPException } from 'hono/http-exception'
import type { ZodError } from 'zod'
import { DomainError, isDatabaseDown } from '../../domain/core/errors.ts'
import type { Log } from '../../log.ts'
import type { ApiContext } from './env.ts'

/** The response to a failure that the request caused. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 409
  readonly body: { readonly error: string; readonly issues?: unknown }
}

const statusTexts: Readonly<Record<number, string>> = {
  404: 'Not found',
  413: 'Payload too large',
  415: 'Unsupported media type: send application/json',
}

/** Maps an expected failure to an HTTP response; null for anything else. */
export function toRefusal(error: unknown): Refusal | null {
  if (!(error instanceof DomainError)) return null
  switch (error.code) {
    case 'not-found':
      return { status: 404, body: { error: 'Not found' } }
    case 'forbidden':
      return { status: 403, body: { error: error.message } }
    case 'conflict':
    case 'in-use':
      return { status: 409, body: { error: error.message } }
    case 'invalid': {
      const issues = error.facts.issues
      return issues === undefined
        ? { status: 400, body: { error: error.message } }
        : { status: 400, body: { error: 'Invalid payload', issues } }
    }
  }
}

/** Handles what a route threw: expected failures with their message, anything else with a neutral text and a request ID that is also logged. */
export function answerError(log: Log) {
  return (error: Error, c: ApiContext): Response => {
    const refusal = toRefusal(error)
    if (refusal !== null) return c.json(refusal.body, refusal.status)
    if (error instanceof HTTPException) {
      const text = error.status === 400 ? 'Invalid JSON' : statusTexts[error.status]
      if (text !== undefined) return c.json({ error: text }, error.status)
    }
    const requestId = c.get('requestId')
    log.error({ err: error, requestId, method: c.req.method, path: c.req.path }, 'request failed')
    if (isDatabaseDown(error)) {
      c.header('Retry-After', '5')
      return c.json(
        { error: "The database can't be reached. Try again shortly.", request_id: requestId },
        503,
      )
    }
    return c.json({ error: 'Internal server error', request_id: requestId }, 500)
  }
}

/** Responds to a request that failed validation. */
export function answerInvalid(
  result: { readonly target: string } & (
    | { readonly success: true }
    | { readonly success: false; readonly error: ZodError }
  ),
  c: ApiContext,
): Response | undefined {
  if (result.success) return undefined
  if (result.target === 'param') return c.json({ error: 'Not found' }, 404)
  if (result.target === 'query') return c.json({ error: 'Invalid query' }, 400)
  const issues = result.error.issues.slice(0, 20).map(({ path, message, code }) => ({ path, message, code }))
  return c.json({ error: 'Invalid payload', issues }, 400)
}
