import type { Api } from 'grammy'
import type { Update, UserFromGetMe } from 'grammy/types'
import { createBot, reportFailure } from '../bot/bot.ts'
import { watchConflicts, watchWebhook } from '../bot/intake/conflict.ts'
import { createInbox, type Inbox } from '../bot/intake/inbox.ts'
import { createIntake } from '../bot/intake/intake.ts'
import { allowedUpdates, startPolling } from '../bot/intake/polling.ts'
import type { BotDeps } from '../bot/kit/context.ts'
import { pause } from '../domain/core/pause.ts'
import { readOwnerSettings } from '../domain/settings/settings.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { clientOptions, type TelegramOptions } from '../telegram/client.ts'
import { createReachReport, isRefusedToken, type ReachReport } from '../telegram/reach.ts'
import type { Scrub } from '../telegram/store/stored-update.ts'

// Three long polls of 30 s.
const silentMs = 90_000

/** Returns polling's health: how long Telegram has been silent, and since when another program has been polling this bot. */
export function pollingHealth({ since, lastPollAt, conflictSince }: TelegramState, now: Date) {
  const last = Math.max(since?.getTime() ?? 0, lastPollAt?.getTime() ?? 0)
  const silent = since === null ? 0 : Math.max(0, now.getTime() - last)
  return {
    ok: silent < silentMs && conflictSince === null,
    silentSeconds: Math.round(silent / 1000),
    conflictSince,
  }
}

/** The state of the Telegram connection, for health checks and /doctor. */
export interface TelegramState {
  me: UserFromGetMe | null
  /** Since when this process receives updates; null if it doesn't. */
  since: Date | null
  lastPollAt: Date | null
  conflictSince: Date | null
  unauthorized: boolean
}

export interface TelegramSideOptions {
  readonly api: Api
  readonly telegram: TelegramOptions
  readonly bot: BotDeps
  readonly log: Log
  /** Redacts an update before it is stored. */
  readonly scrub: Scrub
  /** Redacts an error before it is stored. */
  readonly redact: (text: string) => string
  readonly metrics: Metrics
  readonly state: TelegramState
  /** The webhook that Telegram calls; without it, the bot polls. */
  readonly webhook?: { readonly url: string; readonly secret: string } | undefined
  /** Returns whether this process is still the leader. */
  readonly leads: () => boolean
  readonly onReady: (me: UserFromGetMe) => Promise<void>
}

/** Starts what only the leader runs: receiving and handling updates. */
export function startTelegramSide(options: TelegramSideOptions): {
  readonly inbox: () => Inbox | null
  readonly stop: () => Promise<void>
} {
  const stopping = new AbortController()
  const reach = createReachReport(options.log)
  let inbox: Inbox | null = null
  let stopIntake: () => Promise<void> = async () => {}
  const started = (async () => {
    options.state.since = options.bot.now()
    const me = await retryUntilAnswered(
      async (signal) => {
        const found = await options.api.getMe(signal)
        await options.onReady(found)
        return found
      },
      { ...options, reach },
      stopping.signal,
    )
    if (me === null) return
    options.state.me = me
    inbox = openInbox(options, me)
    inbox.start()
    if (options.webhook === undefined) {
      const conflicts = watchConflicts({ ...options.bot, api: options.api })
      const polling = startPolling({
        api: options.api,
        accept: createIntake({ ...options.bot, me: () => options.state.me, keep: inbox.accept }),
        reach,
        leads: options.leads,
        onPoll: (outcome) => {
          conflicts.note(outcome)
          options.state.conflictSince = conflicts.since()
          notePoll(options, outcome)
        },
      })
      stopIntake = polling.stop
    } else {
      const set = (signal: Signal) => setWebhook(options, signal)
      await retryUntilAnswered(set, { ...options, reach }, stopping.signal)
      const { url } = options.webhook
      stopIntake = watchWebhook({ ...options.bot, api: options.api, url, set, leads: options.leads })
    }
  })()
  started.catch((error: unknown) => options.log.error({ err: error }, "couldn't start receiving updates"))
  return {
    inbox: () => inbox,
    stop: async () => {
      stopping.abort()
      options.state.since = null
      await started.catch(() => {})
      await stopIntake()
      await inbox?.stop()
      await options.bot.debounce.flush()
    },
  }
}

function openInbox(options: TelegramSideOptions, me: UserFromGetMe): Inbox {
  const { bot: deps, telegram, log } = options
  const bot = createBot({ ...deps, token: telegram.token, me, client: clientOptions(telegram) })
  const chatOfOwner = async () => (await readOwnerSettings({ db: deps.store, ownerId: deps.ownerId })).chatId
  return createInbox({
    store: deps.store,
    botId: me.id,
    now: deps.now,
    log,
    scrub: options.scrub,
    redact: options.redact,
    leads: options.leads,
    handle: (update) => bot.handleUpdate(update as Update),
    reportFailure: async (update) => {
      const chatId = await chatOfOwner()
      if (chatId !== null) await reportFailure(bot, chatId, update.update_id)
    },
    onHandled: (outcome) => options.metrics.countUpdate(outcome),
  })
}

function notePoll(
  { state, bot, metrics }: TelegramSideOptions,
  outcome: 'ok' | 'conflict' | 'unauthorized' | 'failed',
): void {
  const now = bot.now()
  if (outcome === 'ok') {
    state.lastPollAt = now
    metrics.setLastPoll(now)
  }
  // The token works again: pending messages can be sent.
  if (outcome === 'ok' && state.unauthorized) bot.onOwnerBack?.()
  state.unauthorized = outcome === 'unauthorized' || (outcome === 'failed' && state.unauthorized)
}

async function setWebhook({ api, webhook }: TelegramSideOptions, signal: Signal): Promise<void> {
  if (webhook === undefined) return
  const { url, secret } = webhook
  await api.setWebhook(
    url,
    { secret_token: secret, allowed_updates: allowedUpdates, max_connections: 10 },
    signal,
  )
}

// grammY types this as the abort-controller package's signal but accepts the platform's.
type Signal = Parameters<Api['getMe']>[0]

const retryMs = [500, 1_000, 2_000, 5_000, 10_000, 30_000]

/** Calls Telegram until it answers; null if the process stops first. */
async function retryUntilAnswered<T>(
  call: (signal: Signal) => Promise<T>,
  { state, reach }: { readonly state: TelegramState; readonly reach: ReachReport },
  signal: AbortSignal,
): Promise<T | null> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const answer = await call(signal as Signal)
      state.unauthorized = false
      reach.reached()
      return answer
    } catch (error) {
      if (signal.aborted) return null
      state.unauthorized = isRefusedToken(error)
      reach.failed(error)
      await pause(retryMs[Math.min(attempt, retryMs.length - 1)] ?? 0, signal)
    }
  }
  return null
}
