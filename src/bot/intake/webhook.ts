import type { Update } from 'grammy/types'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { createFailureLimit, failuresPerAddress } from '../../domain/access/failure-limit.ts'
import { isSameSecret } from '../../domain/access/same-secret.ts'
import type { FailureCounter } from '../../domain/access/security.ts'
import type { Log } from '../../log.ts'

export interface WebhookOptions {
  readonly path: string
  /** Telegram sends this in a header with every call (core.telegram.org/bots/api#setwebhook). */
  readonly secret: string
  /** Must not resolve before the update is stored, because the response 200 confirms it. */
  readonly accept: (updates: readonly Update[]) => Promise<void>
  readonly addressOf: (c: Context) => string
  /** Counts calls with a wrong secret. */
  readonly failures: Pick<FailureCounter, 'count'>
  readonly log: Log
}

const maxUpdateBytes = 4 * 1024 * 1024

/** The webhook route: stores the update and responds immediately. */
export function webhookRoutes(options: WebhookOptions): Hono {
  const limit = createFailureLimit()
  const requireSecret = createMiddleware(async (c, next) => {
    const given = c.req.header('x-telegram-bot-api-secret-token') ?? ''
    if (isSameSecret(given, options.secret)) return next()
    const address = options.addressOf(c)
    const { consumedPoints, msBeforeNext } = await limit.take(address)
    await options.failures.count({
      eventType: 'auth.webhook',
      ipAddress: address || null,
      userAgent: c.req.header('user-agent') ?? null,
    })
    if (consumedPoints <= failuresPerAddress) return c.json({ error: 'Unauthorized' }, 401)
    return c.json({ error: 'Too many requests' }, 429, {
      'Retry-After': String(Math.ceil(msBeforeNext / 1000)),
    })
  })
  return new Hono().post(options.path, requireSecret, bodyLimit({ maxSize: maxUpdateBytes }), async (c) => {
    const update: unknown = await c.req.json().catch(() => null)
    if (!isUpdate(update)) return c.json({ error: 'Invalid JSON' }, 400)
    try {
      await options.accept([update])
    } catch (error) {
      options.log.error({ err: error, updateId: update.update_id }, 'an update could not be stored')
      // Telegram retries.
      return c.json({ error: 'Not stored' }, 503)
    }
    return c.json({ ok: true })
  })
}

function isUpdate(value: unknown): value is Update {
  return (
    typeof value === 'object' &&
    value !== null &&
    Number.isSafeInteger((value as { update_id?: unknown }).update_id)
  )
}
