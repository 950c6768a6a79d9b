import { BotError, HttpError } from 'grammy'
import type { Update } from 'grammy/types'
import type { Store } from '../../domain/core/context.ts'
import { isDatabaseDown } from '../../domain/core/errors.ts'
import { createWakeup, type Wakeup } from '../../domain/core/outbox.ts'
import type { Log } from '../../log.ts'
import { describeError } from '../../logged-error.ts'
import type { Scrub } from '../../telegram/store/stored-update.ts'
import {
  acceptUpdates,
  countAttempt,
  finishUpdate,
  hadEffect,
  nextUpdate,
  type StoredUpdate,
} from '../../telegram/store/updates.ts'

/** The one way in: updates are stored once, before Telegram is told that we have them, and handled in their order. */
export interface Inbox {
  /** Stores updates, from polling or webhook alike; those that were there already are not taken again. */
  readonly accept: (updates: readonly Update[]) => Promise<void>
  /** Looks for updates that another process has stored. */
  readonly wake: () => void
  /** Handles what is there and what comes, one at a time. */
  readonly start: () => void
  /** Resolves once the update in hand is finished. */
  readonly stop: () => Promise<void>
}

export interface InboxOptions {
  readonly store: Store
  readonly botId: number
  readonly now: () => Date
  readonly log: Log
  /** What is stored of an update, and of an error. */
  readonly scrub: Scrub
  readonly redact: (text: string) => string
  readonly handle: (update: Update, stored: StoredUpdate) => Promise<void>
  /** Says in the chat that an update failed; its id helps to find it in the log. */
  readonly reportFailure: (update: Update) => Promise<void>
  readonly onHandled?: (outcome: 'handled' | 'failed') => void
  /** Whether this process is the one that handles updates; one that stood still may have been replaced. */
  readonly leads?: () => boolean
  /** How long a handler may take. Longer than a call to Telegram may: a flood limit is waited out, not answered with an apology. */
  readonly maxMs?: number
}

// More than one is made only where the process died in it, which may be no fault of the update's.
const maxAttempts = 10
const idleMs = 1_000

export function createInbox(options: InboxOptions): Inbox {
  const { store, botId, now, log, scrub, redact, leads = () => true, maxMs = 75_000 } = options
  const wakeup: Wakeup = createWakeup()
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  // The update that was not handled for want of a database: that was none of its attempts.
  let waiting: number | null = null

  const next = async () => {
    try {
      return leads() ? await nextUpdate(store) : null
    } catch (error) {
      log.error({ err: error }, 'the next update could not be read')
      return null
    }
  }
  const work = async () => {
    while (!stopping.signal.aborted) {
      const stored = await next()
      if (stored === null) await wakeup.wait(idleMs, stopping.signal)
      else if (!stopping.signal.aborted) await handleOne(stored)
    }
  }

  const handleOne = async (stored: StoredUpdate) => {
    const update = stored.update as unknown as Update
    try {
      if (stored.attempts >= maxAttempts) throw new Error(`gave up after ${maxAttempts} attempts`)
      if (waiting !== stored.updateId && !(await countAttempt(store, stored))) return
      waiting = null
      await withLimit(options.handle(update, stored), maxMs)
      await finishUpdate(store, stored.updateId, now())
      options.onHandled?.('handled')
    } catch (thrown) {
      // grammY's wrapper holds the whole context, which is no matter for a log, and hides what was thrown.
      const error = thrown instanceof BotError ? thrown.error : thrown
      if (isDatabaseDown(error)) {
        log.warn({ err: error, updateId: stored.updateId }, 'the database is away: the update waits')
        waiting = stored.updateId
        return wakeup.wait(idleMs, stopping.signal)
      }
      if (error instanceof HttpError && (await hadEffect(store, stored.updateId).catch(() => false))) {
        // It is done; what was to be said of it is kept, and said when Telegram can be reached.
        log.warn({ err: error, updateId: stored.updateId }, 'an update is handled, its answer waits')
        options.onHandled?.('handled')
        return finishUpdate(store, stored.updateId, now()).catch(() => wakeup.wait(idleMs, stopping.signal))
      }
      log.error({ err: error, updateId: stored.updateId }, 'an update failed')
      options.onHandled?.('failed')
      await finishUpdate(store, stored.updateId, now(), redact(describeError(error))).catch(() =>
        wakeup.wait(idleMs, stopping.signal),
      )
      await options
        .reportFailure(update)
        .catch((failure: unknown) => log.warn({ err: failure }, 'no apology could be sent'))
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

// One handler that hangs must not silence the chat.
async function withLimit(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms / 1000} s`)), ms)
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
