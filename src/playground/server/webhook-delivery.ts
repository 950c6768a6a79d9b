import { answerCall, toMethodName } from '../protocol/call.ts'
import { fetchFile } from '../protocol/fetch-file.ts'
import type { WebhookSettings, World } from '../world/model.ts'
import type { QueuedUpdate } from '../world/update-queue.ts'

export interface WebhookDeliveryOptions {
  /** The delay in milliseconds before the nth retry, from 1; by default 1 s, doubling up to 60 s. */
  readonly retryDelay?: (attempt: number) => number
  readonly timeoutMs?: number
}

const ignoredReplies = /^(?:deleteWebhook|setWebhook|close|logOut|get.*)$/

/** Posts updates to the webhook while one is set: one at a time per lane, lanes in parallel. Returns a function that stops it. */
export function startWebhookDelivery(world: World, options: WebhookDeliveryOptions = {}): () => void {
  const retryDelay = options.retryDelay ?? ((attempt: number) => Math.min(60_000, 1000 * 2 ** (attempt - 1)))
  const busy = new Set<string>()
  const attempts = new Map<number, number>()
  const timers = new Set<NodeJS.Timeout>()
  const stopped = new AbortController()

  const pump = () => {
    const { settings } = world.webhook
    if (settings === null || stopped.signal.aborted) return
    for (const queued of world.updates.pending()) {
      if (busy.size >= settings.maxConnections) return
      if (busy.has(queued.lane)) continue
      busy.add(queued.lane)
      void deliver(settings, queued)
    }
  }

  const deliver = async (settings: WebhookSettings, queued: QueuedUpdate) => {
    const updateId = queued.update.update_id
    const failure = await post(world, settings, queued, AbortSignal.any([stopped.signal, timeoutOf(options)]))
    if (stopped.signal.aborted) return
    if (failure === null) {
      attempts.delete(updateId)
      world.updates.confirm(updateId)
      busy.delete(queued.lane)
      return pump()
    }
    world.webhook.lastError = { at: Math.floor(world.clock().getTime() / 1000), message: failure.message }
    const attempt = (attempts.get(updateId) ?? 0) + 1
    attempts.set(updateId, attempt)
    const timer = setTimeout(() => {
      timers.delete(timer)
      busy.delete(queued.lane)
      pump()
    }, failure.retryAfterMs ?? retryDelay(attempt))
    timers.add(timer)
  }

  const unsubscribe = world.subscribe(({ type }) => {
    if (type === 'update-queued' || type === 'webhook') queueMicrotask(pump)
  })
  pump()
  return () => {
    unsubscribe()
    stopped.abort()
    for (const timer of timers) clearTimeout(timer)
  }
}

function timeoutOf({ timeoutMs = 60_000 }: WebhookDeliveryOptions): AbortSignal {
  return AbortSignal.timeout(timeoutMs)
}

async function post(
  world: World,
  settings: WebhookSettings,
  { update }: QueuedUpdate,
  signal: AbortSignal,
): Promise<{ message: string; retryAfterMs: number | null } | null> {
  const secret =
    settings.secretToken === '' ? {} : { 'x-telegram-bot-api-secret-token': settings.secretToken }
  try {
    const response = await fetch(settings.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...secret },
      body: JSON.stringify(update),
      // Like Telegram. It also keeps a local webhook from redirecting messages elsewhere.
      redirect: 'manual',
      signal,
    })
    const body = await response.text()
    if (response.ok) {
      await carryOutReply(world, body, signal)
      return null
    }
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    const retryAfterMs = Number.isFinite(retryAfter) ? Math.min(3600, retryAfter) * 1000 : null
    return {
      message: `Wrong response from the webhook: ${response.status} ${response.statusText}`,
      retryAfterMs,
    }
  } catch (error) {
    return {
      message: `Connection failed: ${error instanceof Error ? error.message : error}`,
      retryAfterMs: null,
    }
  }
}

/** Runs the method that a webhook may return in its response; the result is discarded. */
async function carryOutReply(world: World, body: string, signal: AbortSignal): Promise<void> {
  const reply = toReply(body)
  const method = toMethodName(reply?.method ?? '')
  if (reply === null || method === undefined || ignoredReplies.test(method)) return
  await answerCall({ world, method, params: reply.params, uploads: new Map(), signal, fetchFile })
}

function toReply(body: string): { method: string; params: Record<string, unknown> } | null {
  try {
    const { method, ...params } = JSON.parse(body) as Record<string, unknown>
    return typeof method === 'string' ? { method, params } : null
  } catch {
    return null
  }
}
