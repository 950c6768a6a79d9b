import type { Update, WebhookInfo } from 'grammy/types'
import { BotApiError, refuseCall } from '../protocol/refusal.ts'
import type { World } from '../world/model.ts'
import type { QueuedUpdate } from '../world/update-queue.ts'
import type { CallContext, Opts } from './method.ts'

const answerBytes = 4 * 1024 * 1024
const conflict =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'

/**
 * Long polling: an offset confirms all earlier updates; a negative one keeps only the last ones. A request that waits ends the
 * previous waiting request.
 */
export async function getUpdates(params: Opts<'getUpdates'>, context: CallContext): Promise<Update[]> {
  const { world, signal } = context
  if (world.webhook.settings !== null) {
    refuseCall(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
  }
  allow(world, params.allowed_updates)
  const { limit, timeout } = throttled(world, params)
  confirm(world, params.offset ?? 0)
  const ready = firstOf(world.updates.pending(), limit)
  if (ready.length > 0 || timeout === 0) return ready
  endPrevious(world)
  return waitForUpdates(world, { limit, timeout, signal })
}

function allow(world: World, kinds: readonly string[] | undefined): void {
  if (kinds !== undefined) world.updates.allowed = kinds.length === 0 ? null : kinds
}

/** Delays a repeated request within 3 s; within 0.5 s, it gets at most one update. */
function throttled(world: World, params: Opts<'getUpdates'>): { limit: number; timeout: number } {
  const offset = params.offset ?? 0
  const now = performance.now()
  const { previous } = world.polling
  const since =
    world.polling.isThrottled && previous?.offset === offset
      ? now - previous.startedAt
      : Number.POSITIVE_INFINITY
  world.polling.previous = { offset, startedAt: now }
  const timeout = Math.min(50, Math.max(0, params.timeout ?? 0))
  return {
    limit: since < 500 ? 1 : Math.min(100, Math.max(1, params.limit ?? 100)),
    timeout: since < 3000 && timeout < 3 ? 3 : timeout,
  }
}

function confirm(world: World, offset: number): void {
  const pending = world.updates.pending()
  const done =
    offset < 0 ? pending.slice(0, offset) : pending.filter(({ update }) => update.update_id < offset)
  for (const { update } of done) world.updates.confirm(update.update_id)
}

function firstOf(pending: readonly QueuedUpdate[], limit: number): Update[] {
  const updates: Update[] = []
  let bytes = 0
  for (const { update } of pending.slice(0, limit)) {
    bytes += Buffer.byteLength(JSON.stringify(update))
    if (updates.length > 0 && bytes > answerBytes) break
    updates.push(update)
  }
  return updates
}

/** Answers a conflict within 3 s of another one 3 s later. */
function endPrevious(world: World): void {
  const { polling } = world
  const { pending } = polling
  if (pending === null) return
  const now = performance.now()
  const isRepeated = now - polling.lastConflictAt < 3000
  polling.lastConflictAt = now
  polling.pending = null
  if (isRepeated) setTimeout(() => pending.end(new BotApiError(409, conflict)), 3000).unref()
  else pending.end(new BotApiError(409, conflict))
}

function waitForUpdates(
  world: World,
  {
    limit,
    timeout,
    signal,
  }: { readonly limit: number; readonly timeout: number; readonly signal: AbortSignal },
): Promise<Update[]> {
  return new Promise((resolve, reject) => {
    const pending = {
      end: (refusal: BotApiError) => {
        cleanUp()
        reject(refusal)
      },
    }
    const finish = () => {
      cleanUp()
      resolve(firstOf(world.updates.pending(), limit))
    }
    const unsubscribe = world.subscribe((event) => {
      if (event.type === 'update-queued' && world.polling.pending === pending) finish()
    })
    const timer = setTimeout(finish, timeout * 1000)
    const cleanUp = () => {
      unsubscribe()
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      if (world.polling.pending === pending) world.polling.pending = null
    }
    world.polling.pending = pending
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}

const ports = ['', '443', '80', '88', '8443']

export function setWebhook(params: Opts<'setWebhook'>, context: CallContext): true {
  const { world, describe } = context
  if (params.url === '') return deleteWebhook(params, context)
  requireWebhookUrl(world, params.url)
  if (!world.limits.takeWebhook(world.clock().getTime())) {
    refuseCall(429, 'Too Many Requests: retry after 1', { retryAfter: 1 })
  }
  const secretToken = params.secret_token ?? ''
  if (!/^[\w-]*$/.test(secretToken))
    refuseCall(400, 'Bad Request: secret token contains unallowed characters')
  allow(world, params.allowed_updates)
  if (params.drop_pending_updates) world.updates.clear()
  const before = world.webhook.settings
  const maxConnections = Math.min(100, Math.max(1, params.max_connections ?? 40))
  const ipAddress = params.ip_address === undefined ? {} : { ipAddress: params.ip_address }
  world.webhook.settings = { url: params.url, secretToken, maxConnections, ...ipAddress }
  world.webhook.lastError = null
  const isSame = before?.url === params.url && before.secretToken === secretToken
  describe(isSame ? 'Webhook is already set' : 'Webhook was set')
  world.polling.pending?.end(new BotApiError(409, 'Conflict: terminated by setWebhook request'))
  world.emit({ type: 'webhook' })
  return true
}

function requireWebhookUrl(world: World, url: string): void {
  if (!URL.canParse(url)) refuseCall(400, 'Bad Request: bad webhook: invalid webhook URL specified')
  const { protocol, port, hostname } = new URL(url)
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]'
  const { allowed } = world.webhook
  if (allowed !== 'https' && isLoopback && /^https?:$/.test(protocol)) return
  if (allowed === 'loopback')
    refuseCall(400, 'Bad Request: bad webhook: the playground calls only addresses of this machine')
  if (protocol !== 'https:')
    refuseCall(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook')
  if (!ports.includes(port)) {
    refuseCall(400, 'Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
  }
}

export function deleteWebhook(params: Opts<'deleteWebhook'>, { world, describe }: CallContext): true {
  describe(world.webhook.settings === null ? 'Webhook is already deleted' : 'Webhook was deleted')
  world.webhook.settings = null
  if (params.drop_pending_updates) world.updates.clear()
  world.emit({ type: 'webhook' })
  return true
}

export function getWebhookInfo(_: object, { world }: CallContext): WebhookInfo {
  const { settings, lastError } = world.webhook
  const { allowed } = world.updates
  return {
    url: settings?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: world.updates.pending().length,
    ...(settings === null ? {} : { max_connections: settings.maxConnections }),
    ...(settings?.ipAddress === undefined ? {} : { ip_address: settings.ipAddress }),
    ...(lastError === null ? {} : { last_error_date: lastError.at, last_error_message: lastError.message }),
    ...(allowed === null ? {} : { allowed_updates: [...allowed] as WebhookInfo['allowed_updates'] & {} }),
  } as WebhookInfo
}

/** Telegram blocks logging in to its cloud servers for ten minutes afterward; the playground doesn't. */
export function logOut(_: object, { world }: CallContext): true {
  world.polling.pending?.end(new BotApiError(409, 'Conflict: terminated by logOut request'))
  return true
}
