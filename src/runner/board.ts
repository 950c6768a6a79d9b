import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'

const firstPauseMs = 250
// A task must not wait for a runner long after the server is back.
const maxPauseMs = 5_000
// On top of the time that the server may hold a request.
const answerWithinMs = 20_000

export interface BoardRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  /** A function is called for each attempt. */
  readonly body?: object | (() => object)
  /** A run's token; by default the runner's. */
  readonly token?: string
  /** How long the server may hold the request, in seconds. */
  readonly wait?: number
  /** Makes the request safe to repeat, for all but heartbeats. */
  readonly isOnce?: boolean
  readonly signal?: AbortSignal
}

export interface BoardAnswer {
  readonly status: number
  readonly body: unknown
}

/** The board over HTTP. */
export interface Board {
  readonly url: string
  /** Sends a request until the server answers: repeats it while the server is down or busy. Throws only if it is aborted. */
  readonly send: (request: BoardRequest) => Promise<BoardAnswer>
}

export interface BoardOptions {
  readonly url: string
  readonly token: string
  /** Gets a sentence when the server stops answering and when it is back. */
  readonly log?: (sentence: string) => void
}

/** Opens the board. Nothing is sent yet. */
export function openBoard({ url, token, log = () => {} }: BoardOptions): Board {
  let isDown = false
  const note = (reason: string | null) => {
    if (reason !== null && !isDown) log(`The board doesn't answer (${reason}). Trying again until it does.`)
    if (reason === null && isDown) log('The board answers again.')
    isDown = reason !== null
  }
  return {
    url,
    send: async (request) => {
      const key = request.isOnce === true ? randomUUID() : null
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
        request.signal?.throwIfAborted()
        const answer = await attempt({ url, token, key }, request)
        if (answer.status !== null) {
          note(null)
          return answer
        }
        note(answer.reason)
        // Jitter keeps several runners from coming back in step.
        const ms = answer.retryAfterMs ?? pauseMs * (0.5 + Math.random() / 2)
        await pause(ms, undefined, request.signal === undefined ? {} : { signal: request.signal })
      }
    },
  }
}

interface Failure {
  readonly status: null
  readonly reason: string
  readonly retryAfterMs: number | null
}

async function attempt(
  { url, token, key }: { readonly url: string; readonly token: string; readonly key: string | null },
  request: BoardRequest,
): Promise<BoardAnswer | Failure> {
  const body = typeof request.body === 'function' ? request.body() : request.body
  const limit = AbortSignal.timeout((request.wait ?? 0) * 1_000 + answerWithinMs)
  try {
    const response = await fetch(`${url}${request.path}`, {
      method: request.method,
      headers: {
        Authorization: `Bearer ${request.token ?? token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === null ? {} : { 'Idempotency-Key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would send the token elsewhere.
      redirect: 'error',
      signal: request.signal === undefined ? limit : AbortSignal.any([request.signal, limit]),
    })
    const text = await response.text()
    const { status } = response
    if (status === 429 || status >= 500) {
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      const retryAfterMs = Number.isFinite(seconds) ? Math.min(seconds, 60) * 1_000 : null
      return { status: null, reason: `HTTP ${status}`, retryAfterMs }
    }
    return { status, body: text === '' ? null : JSON.parse(text) }
  } catch (error) {
    request.signal?.throwIfAborted()
    return { status: null, reason: reasonOf(error), retryAfterMs: null }
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  return code ?? (cause instanceof Error ? cause.message : message)
}

/** Parses an answer. Throws what the server said if it refused the request. */
export function parseAnswer<S extends z.ZodType>({ status, body }: BoardAnswer, schema: S): z.output<S> {
  if (status >= 400) throw new BoardRefusal(status, errorOf(body))
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new BoardRefusal(
    status,
    'The answer of the server isn’t one that this runner knows. Update both to the same version.',
  )
}

/** A request that the server refused: repeating it doesn't help. */
export class BoardRefusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function errorOf(body: unknown): string {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  return typeof error === 'string' ? error : 'The server refused the request.'
}
