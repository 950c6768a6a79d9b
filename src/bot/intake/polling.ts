import { type Api, GrammyError } from 'grammy'
import type { Update } from 'grammy/types'
import { pause } from '../../domain/core/pause.ts'
import { isRefusedToken, type ReachReport } from '../../telegram/reach.ts'

/** The update types that the bot receives. Telegram doesn't send any others. */
export const allowedUpdates = [
  'message',
  'edited_message',
  'callback_query',
  'inline_query',
  'my_chat_member',
] as const

export interface Polling {
  /** Aborts the current request. Its updates are requested again at the next start. */
  readonly stop: () => Promise<void>
}

export interface PollingOptions {
  readonly api: Api
  /** Must not resolve before the updates are stored, because the next request confirms them. */
  readonly accept: (updates: readonly Update[]) => Promise<void>
  readonly reach: ReachReport
  /** Returns whether this process polls. A process that stalled may have been replaced. */
  readonly leads?: () => boolean
  /** Called after each request. `conflict` means that another process polls this bot. */
  readonly onPoll: (outcome: 'ok' | 'conflict' | 'unauthorized' | 'failed') => void
  readonly conflictWaitMs?: number
  /** Time limit for a request and for storing its updates; after that it counts as hung and is repeated. */
  readonly hangMs?: number
}

const pollSeconds = 30
const retryMs = [500, 1_000, 2_000, 5_000, 10_000, 15_000]

/** Polls Telegram for updates. Deletes a leftover webhook first, keeping pending updates. */
export function startPolling(options: PollingOptions): Polling {
  const stopping = new AbortController()
  const running = poll(options, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

async function poll(options: PollingOptions, signal: AbortSignal): Promise<void> {
  const { api, reach, onPoll, leads = () => true, hangMs = (pollSeconds + 15) * 1_000 } = options
  let offset = 0
  let failures = 0
  let webhookGone = false
  while (!signal.aborted) {
    if (!leads()) {
      await pause(200, signal)
      continue
    }
    // A socket can hang without an error, so the request is aborted and repeated.
    const limit = AbortSignal.any([signal, AbortSignal.timeout(hangMs)])
    try {
      if (!webhookGone) await api.deleteWebhook({ drop_pending_updates: false }, toSignal(limit))
      webhookGone = true
      // After a failure, the first request doesn't wait for updates, so that a recovery shows at once.
      const updates = await requestUpdates(api, { offset, seconds: failures > 0 ? 0 : pollSeconds }, limit)
      await unlessAborted(options.accept(updates), limit)
      offset = (updates.at(-1)?.update_id ?? offset - 1) + 1
      failures = 0
      reach.reached()
      onPoll('ok')
    } catch (error) {
      if (signal.aborted) return
      if (!leads()) continue
      const outcome = outcomeOf(error)
      onPoll(outcome)
      reach.failed(error)
      if (outcome === 'conflict') webhookGone = false
      const wait =
        outcome === 'conflict'
          ? (options.conflictWaitMs ?? 5_000)
          : retryMs[Math.min(failures, retryMs.length - 1)]
      failures += 1
      await pause(wait ?? 0, signal)
    }
  }
}

async function requestUpdates(
  api: Api,
  { offset, seconds }: { readonly offset: number; readonly seconds: number },
  signal: AbortSignal,
): Promise<Update[]> {
  const parameters = { offset, timeout: seconds, limit: 100, allowed_updates: allowedUpdates }
  return api.getUpdates(parameters, toSignal(signal))
}

// grammY's types use a package's AbortSignal; the platform's works too.
function toSignal(signal: AbortSignal) {
  return signal as Parameters<Api['getUpdates']>[1]
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const abort = () => reject(signal.reason)
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
    }),
  ])
}

function outcomeOf(error: unknown): 'conflict' | 'unauthorized' | 'failed' {
  if (!(error instanceof GrammyError)) return 'failed'
  if (error.error_code === 409) return 'conflict'
  return isRefusedToken(error) ? 'unauthorized' : 'failed'
}
