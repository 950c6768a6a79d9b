import { BotError, HttpError } from 'grammy'
import type { Update } from 'grammy/types'
import type { Store } from '../../domain/core/context.ts'
import { isDatabaseDown } from '../../domain/core/errors.ts'
import { createWakeup } from '../../domain/core/outbox.ts'
import { withLimit } from '../../domain/core/pause.ts'
import type { Log } from '../../log.ts'
import { describeError } from '../../logged-error.ts'
import type { Scrub } from '../../telegram/store/stored-update.ts'
import {
  acceptUpdates,
  type EndedUpdate,
  finishUpdate,
  hadEffect,
  type StoredUpdate,
  takeUpdate,
} from '../../telegram/store/updates.ts'

/** Stores each update once before acknowledging it to Telegram, and handles updates in order. */
export interface Inbox {
  /** Stores updates from polling or webhooks; skips those already stored. */
  readonly accept: (updates: readonly Update[]) => Promise<void>
  /** Checks for updates stored by another process. */
  readonly wake: () => void
  /** Starts handling updates, one at a time. */
  readonly start: () => void
  /** Resolves when the current update is finished. */
  readonly stop: () => Promise<void>
}

export interface InboxOptions {
  readonly store: Store
  readonly botId: number
  readonly now: () => Date
  readonly log: Log
  /** Removes secrets from updates and errors before they are stored. */
  readonly scrub: Scrub
  readonly redact: (text: string) => string
  readonly handle: (update: Update, stored: StoredUpdate) => Promise<void>
  /** Tells the chat that an update failed, with its ID for the log. */
  readonly reportFailure: (update: Update) => Promise<void>
  readonly onHandled?: (outcome: 'handled' | 'failed') => void
  /** Returns whether this process handles updates. A process that stalled may have been replaced. */
  readonly leads?: () => boolean
  /** Time limit for a handler. It's longer than that of a Telegram call, so that a flood limit is waited out. */
  readonly maxMs?: number
  /** How often it looks for updates that no signal announced. */
  readonly idleMs?: number
}

// An update is repeated only if the process died while handling it, which may not be the update's fault.
const maxAttempts = 10

export function createInbox(options: InboxOptions): Inbox {
  const { store, botId, now, log, scrub, redact, leads = () => true } = options
  const { maxMs = 75_000, idleMs = 1_000 } = options
  const wakeup = createWakeup()
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  // The update that failed because the database was unreachable, which doesn't count as an attempt.
  let waiting: number | null = null

  // One statement between two updates: it finishes one and takes the next.
  const next = async (ended: EndedUpdate | null) => {
    if (leads() && !stopping.signal.aborted) return takeUpdate(store, { ended, uncounted: waiting })
    if (ended !== null) await finishUpdate(store, ended)
    return null
  }
  const work = async () => {
    let ended: EndedUpdate | null = null
    while (ended !== null || !stopping.signal.aborted) {
      // An update that is stored during this look isn't missed.
      const since = wakeup.count()
      try {
        const stored = await next(ended)
        ended = stored === null ? null : await handleOne(stored)
        if (stored !== null) continue
      } catch (error) {
        log.error({ err: error }, 'the next update could not be read')
        // It is handled again after the next start.
        if (stopping.signal.aborted) return
      }
      await wakeup.wait(idleMs, stopping.signal, since)
    }
  }

  /** Returns the update if it's to be finished. */
  const handleOne = async (stored: StoredUpdate): Promise<EndedUpdate | null> => {
    const update = stored.update as unknown as Update
    const { updateId } = stored
    const ended = () => ({ updateId, at: now() })
    try {
      if (stored.attempts > maxAttempts) throw new Error(`gave up after ${maxAttempts} attempts`)
      waiting = null
      // A handler that hangs must not block the chat.
      await withLimit(options.handle(update, stored), maxMs)
      options.onHandled?.('handled')
      return ended()
    } catch (thrown) {
      // grammY's BotError hides the original error and drags the whole context into the log.
      const error = thrown instanceof BotError ? thrown.error : thrown
      if (isDatabaseDown(error)) {
        log.warn({ err: error, updateId }, 'the database is away: the update waits')
        waiting = updateId
        await wakeup.wait(idleMs, stopping.signal)
        return null
      }
      if (error instanceof HttpError && (await hadEffect(store, updateId).catch(() => false))) {
        // The change is committed. Its answer is stored and sent when Telegram is reachable again.
        log.warn({ err: error, updateId }, 'an update is handled, its answer waits')
        options.onHandled?.('handled')
        return ended()
      }
      log.error({ err: error, updateId }, 'an update failed')
      options.onHandled?.('failed')
      await finishUpdate(store, ended(), redact(describeError(error))).catch(() =>
        wakeup.wait(idleMs, stopping.signal),
      )
      await options
        .reportFailure(update)
        .catch((failure: unknown) => log.warn({ err: failure }, 'no apology could be sent'))
      return null
    }
  }

  return {
    accept: async (updates) => {
      if ((await acceptUpdates(store, updates, { botId, scrub, now: now() })) > 0) wakeup.trigger()
    },
    wake: wakeup.trigger,
    start: () => {
      running = work()
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
