import type { Api } from 'grammy'
import { dayMs, minuteMs } from '../../domain/core/durations.ts'
import { readOwnerSettings } from '../../domain/settings/settings.ts'
import { changeState } from '../../telegram/store/bot-state.ts'
import { enqueue } from '../../telegram/store/messages/enqueue.ts'
import { toRequest } from '../../view/kit/request.ts'
import { conflictNotice } from '../../view/notifications/notices.ts'
import type { BotDeps } from '../kit/context.ts'

/** Watches for another program that receives this bot's updates. */
export interface ConflictWatch {
  readonly note: (outcome: 'ok' | 'conflict' | 'unauthorized' | 'failed') => void
  /**
   * Start of the conflict; null if there is none. Two pollers end each other's requests in turn, so one successful poll
   * doesn't end the conflict.
   */
  readonly since: () => Date | null
}

// A process of ours that is being replaced may cause one or two.
const minConflicts = 3
const overAfterMs = minuteMs
const lookEveryMs = 5 * minuteMs
const notifyEveryMs = dayMs

// grammY's types use a package's AbortSignal; the platform's works too.
type Signal = Parameters<Api['getWebhookInfo']>[0]
type WatchDeps = Pick<BotDeps, 'store' | 'ownerId' | 'now' | 'log'> & { readonly api: Api }

/** Watches for conflicts. Notifies the owner once a day, naming the other program as far as Telegram knows it. */
export function watchConflicts(deps: WatchDeps): ConflictWatch {
  let since: Date | null = null
  let lastAt = 0
  let count = 0
  let webhook = ''

  const look = async () => {
    webhook = (await deps.api.getWebhookInfo()).url || webhook
    if (count >= minConflicts) await notifyOfConflict(deps, webhook, 'polling')
  }
  return {
    note: (outcome) => {
      const now = deps.now()
      if (Math.abs(now.getTime() - lastAt) > overAfterMs && outcome !== 'failed') {
        since = null
        count = 0
      }
      if (outcome !== 'conflict') return
      since ??= now
      lastAt = now.getTime()
      count += 1
      look().catch((error: unknown) =>
        deps.log.warn({ err: error }, 'the owner is not told of a conflict yet'),
      )
    },
    since: () => since,
  }
}

/**
 * Over webhooks, Telegram reports no conflict: if another program takes over, updates just stop. Checks every five
 * minutes that our webhook is set. If not, sets it again and notifies the owner once a day. Returns a function that
 * stops the checks.
 */
export function watchWebhook(
  deps: WatchDeps & {
    readonly url: string
    readonly set: (signal: Signal) => Promise<void>
    /** Returns whether this process is still the leader. */
    readonly leads: () => boolean
  },
): () => Promise<void> {
  const { api, log, url, set, leads } = deps
  const stopping = new AbortController()
  const signal = stopping.signal as Signal
  let inHand = Promise.resolve()

  const look = async () => {
    if (!leads()) return
    const found = (await api.getWebhookInfo(signal)).url ?? ''
    if (found === url) return
    log.warn({ found }, 'another program took the webhook; it is set again')
    await set(signal)
    await notifyOfConflict(deps, found, 'webhook')
  }
  const timer = setInterval(() => {
    inHand = inHand.then(look).catch((error: unknown) => {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'looking after the webhook failed')
    })
  }, lookEveryMs).unref()
  return async () => {
    clearInterval(timer)
    stopping.abort()
    await inHand
  }
}

async function notifyOfConflict(
  { store, ownerId, now: clock }: WatchDeps,
  webhook: string,
  by: 'polling' | 'webhook',
) {
  const now = clock()
  await changeState<string>(store, 'conflict_told', now, async (tx, notified) => {
    if (notified !== undefined && Math.abs(now.getTime() - Date.parse(notified)) < notifyEveryMs)
      return undefined
    const { chatId, threadId } = await readOwnerSettings({ db: tx, ownerId })
    if (chatId === null) return undefined
    const request = toRequest(conflictNotice(webhook, by))
    await enqueue(tx, [{ chatId, threadId, purpose: 'notice', priority: 'urgent', request }], now)
    return now.toISOString()
  })
}
