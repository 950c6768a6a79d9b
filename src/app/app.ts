// Longer than 300 lines: the parts are built in the order in which they depend on each other, which reads best in one place.

import { Hono } from 'hono'
import { apiPaths, createApi } from '../api/api.ts'
import { createAddressReader } from '../api/kit/address.ts'
import type { ApiDeps } from '../api/kit/deps.ts'
import type { ApiEnv } from '../api/kit/env.ts'
import { createIntake } from '../bot/intake/intake.ts'
import { webhookRoutes } from '../bot/intake/webhook.ts'
import type { BotDeps } from '../bot/kit/context.ts'
import { createDebounce } from '../bot/kit/debounce.ts'
import { placeZone } from '../bot/kit/zones.ts'
import { botSecrets, type Config, secretsOf } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import type { Database } from '../db/types.ts'
import { leaderLock } from '../db/types.ts'
import { createFailureCounter } from '../domain/access/security.ts'
import { outboxChannel } from '../domain/core/commit/statement.ts'
import { createCtx } from '../domain/core/context.ts'
import { minuteMs } from '../domain/core/durations.ts'
import { createWakeup, newestEventId } from '../domain/core/outbox.ts'
import { ensureOwner } from '../domain/core/owner.ts'
import { withLimit } from '../domain/core/pause.ts'
import { withdrawAbandoned } from '../domain/tasks/questions/close-questions.ts'
import { startJobs } from '../jobs/jobs.ts'
import type { openLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createNotifier } from '../notifier/notifier.ts'
import { renderPng } from '../pictures/render-png.ts'
import { createTelegramApi } from '../telegram/client.ts'
import { readState } from '../telegram/store/bot-state.ts'
import { readBotToken, storeBotToken } from '../telegram/store/bot-token.ts'
import { unbindChat } from '../telegram/store/chat-binding.ts'
import { savePause } from '../telegram/store/pauses.ts'
import { createScrub } from '../telegram/store/stored-update.ts'
import { acceptUpdates } from '../telegram/store/updates.ts'
import { type ChatId, createThrottle } from '../telegram/throttle.ts'
import { type Command, CommandError, runOnBoard } from './commands.ts'
import { openControlSocket } from './control-socket.ts'
import { diagnose } from './diagnose.ts'
import { hostOf, isPlaygroundOpen } from './exposure.ts'
import { createHealth } from './health.ts'
import { answerNotFound, openHttpServer } from './http-server.ts'
import { type Leadership, startLeadership } from './leadership.ts'
import { keepToOneBot } from './one-bot.ts'
import { leavePlayground, startPlayground } from './playground.ts'
import { deriveSecret, openSecretKey, secretKeyPlaceOf } from './secret-key.ts'
import { createSetupLink } from './setup-link.ts'
import { startTelegramSide, type TelegramState } from './telegram-side.ts'

const otherChatsWaitMs = 3_000
const maxStartMs = 5_000

export interface App {
  /** The HTTP server's URL on this machine. */
  readonly url: string
  /** `open`: other machines can reach it. Null: not a playground. */
  readonly playground: 'local' | 'open' | null
  /**
   * Returns the link that makes the person who opens it the owner; null if the bot has an owner. In the playground, the link to
   * its page. Waits for Telegram to return the bot's name. Throws `RefusedTokenError`.
   */
  readonly setupLink: () => Promise<string | null>
  /** Closes everything, last in, first out. */
  readonly close: () => Promise<void>
}

export interface AppOptions {
  readonly config: Config
  readonly log: ReturnType<typeof openLog>
  readonly now?: () => Date
  /** Milliseconds of a monotonic clock, for the limits of chats. */
  readonly elapsed?: () => number
  /** When jobs run; every minute if absent. They also run at startup. */
  readonly jobsCron?: string
  /** Opens the database instead of the configured one. */
  readonly open?: () => Promise<Database>
}

/** Builds and starts the parts in order; `close` stops them in reverse. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, log, now = () => new Date(), elapsed = () => performance.now() } = options
  const open =
    options.open ??
    (() =>
      openDatabase({
        databaseUrl: config.DATABASE_URL,
        dataDir: config.DATA_DIR,
        onTrouble: (what, error) => log.warn({ err: error }, what),
      }))
  const closers: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (const end of closers.splice(0).reverse()) {
      await Promise.resolve(end()).catch((error: unknown) =>
        log.error({ err: error }, "a part didn't shut down cleanly"),
      )
    }
  }
  try {
    const controlDir =
      options.open === undefined && config.DATABASE_URL === undefined ? config.DATA_DIR : null
    const { jobsCron } = options
    return await build({ config, log, now, elapsed, jobsCron, open, controlDir, closers, close })
  } catch (error) {
    await close()
    throw error
  }
}

async function build(parts: {
  readonly config: Config
  readonly log: ReturnType<typeof openLog>
  readonly now: () => Date
  readonly elapsed: () => number
  readonly jobsCron: string | undefined
  readonly open: () => Promise<Database>
  /** The data folder, if this process owns it and takes terminal commands there. */
  readonly controlDir: string | null
  readonly closers: (() => Promise<void> | void)[]
  readonly close: () => Promise<void>
}): Promise<App> {
  const { config, log, now, elapsed, jobsCron, open, controlDir, closers, close } = parts
  const { redactor } = log
  redactor.learn(...secretsOf(config))
  const database = await open()
  closers.push(database.close)
  let setupLink: Promise<string | null> = Promise.resolve(null)
  // Creating the link needs the database.
  closers.push(async () => {
    await setupLink.catch(() => {})
  })
  const store = database.db
  const secretKey = openSecretKey(config.SECRET_KEY, config.DATA_DIR)
  redactor.learn(secretKey)
  const owner = await ensureOwner(store, {
    email: config.OWNER_EMAIL,
    name: config.OWNER_NAME ?? null,
    now: now(),
  })
  const scope = { db: store, ownerId: owner.id }
  const system = createCtx({ db: store, ownerId: owner.id, actor: { kind: 'system' }, now })
  const metrics = await createMetrics({ enabled: config.METRICS_TOKEN !== undefined })

  const botToken = config.BOT_TOKEN ?? (await readBotToken(scope, secretKey))
  const host = hostOf(config, botToken === null)
  const playground = botToken === null ? await startPlayground(config) : null
  if (botToken !== null) await leavePlayground(system, { db: store, botToken, log })
  const pinnedUserId = playground === null ? config.OWNER_TELEGRAM_ID : undefined
  if (pinnedUserId !== undefined && (await unbindChat(system, { keepUserId: pinnedUserId })))
    log.warn({}, 'the bot belonged to someone other than OWNER_TELEGRAM_ID and is now unbound')
  if (playground !== null) {
    redactor.learn(playground.key)
    closers.push(playground.close)
  }

  const app = new Hono<Pick<ApiEnv, 'Bindings'>>()
  app.notFound(answerNotFound)
  app.onError((error, c) => {
    log.error({ err: error, path: c.req.path }, 'request failed')
    return c.json({ error: 'Internal server error' }, 500)
  })
  const server = await openHttpServer({ port: config.PORT, host })
  closers.push(server.close)
  const stopping = new AbortController()
  closers.push(() => stopping.abort())

  const throttle = createThrottle({ now: elapsed })
  const telegram = {
    token: playground?.token ?? botToken ?? '',
    apiRoot: playground === null ? config.TELEGRAM_API_ROOT : server.url,
    throttle,
    onPause: (ms: number, chatId: ChatId | undefined) =>
      savePause(store, { chatId, ms }, now()).catch((error: unknown) =>
        log.warn({ err: error }, "couldn't store a flood limit; other processes don't know it"),
      ),
  }
  // A bot token starts with the bot's ID.
  const botId = Number.parseInt(telegram.token, 10)
  redactor.learn(...botSecrets(telegram.token))
  const scrub = createScrub({ botId, redactor })
  const api = createTelegramApi(telegram)
  const state: TelegramState = {
    me: null,
    since: null,
    lastPollAt: null,
    conflictSince: null,
    unauthorized: false,
  }
  const agentUrl = config.PUBLIC_URL ?? server.url
  const wakeup = createWakeup()
  const notifier = createNotifier({
    store,
    ownerId: owner.id,
    api,
    throttle,
    wakeup,
    now,
    log,
    renderPng,
    onDelivery: (outcome: string) => metrics.countDelivery(outcome),
  })
  const bot: BotDeps = {
    store,
    ownerId: owner.id,
    now,
    log,
    setupCode: config.SETUP_CODE,
    ownerTelegramId: pinnedUserId,
    playgroundUserId: playground?.userId,
    agentUrl,
    knownTimeZone: playground === null ? undefined : placeZone(),
    onOwnerBack: () => notifier.resume(),
    elsewhere: createTelegramApi(telegram, otherChatsWaitMs),
    debounce: createDebounce(log),
    renderPng,
    diagnose: () =>
      diagnose({ database, api, state, config, scope, now, host, isPlayground: playground !== null }),
  }

  let leadership: Leadership | null = null
  const isLeading = () => leadership?.leads() ?? false
  const health = createHealth({
    database,
    state,
    now,
    isLeading,
    isPolling: () => webhook === undefined,
    notifier: notifier.state,
  })
  const renderMetrics = async () => {
    const read = (await readState<number>(store, 'notifier_cursor')) ?? 0
    metrics.setOutboxLag(Math.max(0, (await newestEventId(scope)) - read))
    return metrics.render()
  }
  const failures = createFailureCounter({ db: store, ownerId: owner.id, now, redactor })
  closers.push(() => failures.close())
  const flushing = setInterval(
    () =>
      void failures
        .flush()
        .catch((error: unknown) =>
          log.warn({ err: error }, "couldn't write failure counts; retrying in a minute"),
        ),
    minuteMs,
  )
  closers.push(() => clearInterval(flushing))
  const held = new Map<string, number>()
  const apiDeps: ApiDeps = {
    db: store,
    ownerId: owner.id,
    ownerEmail: owner.email,
    now,
    wakeup,
    failures,
    log,
    redactor,
    metrics: { ...metrics, render: renderMetrics },
    config: {
      rateLimit: config.RATE_LIMIT,
      trustProxy: config.TRUST_PROXY,
      metricsToken: config.METRICS_TOKEN,
      publicUrl: config.PUBLIC_URL,
    },
    home: () => {
      if (playground !== null) return '/'
      return state.me && `https://t.me/${state.me.username}`
    },
    health,
    held,
    signal: stopping.signal,
  }
  let side: ReturnType<typeof startTelegramSide> | null = null
  // The playground calls only loopback webhooks, so its bot polls even if PUBLIC_URL is set.
  const webhook =
    config.PUBLIC_URL === undefined || playground !== null
      ? undefined
      : {
          path: `/telegram/${deriveSecret(secretKey, 'webhook-path', 16)}`,
          secret: config.WEBHOOK_SECRET ?? deriveSecret(secretKey, 'webhook-secret', 32),
        }
  if (webhook !== undefined) {
    redactor.learn(webhook.path, webhook.secret)
    app.route(
      '/',
      webhookRoutes({
        ...webhook,
        log,
        failures,
        addressOf: createAddressReader(config.TRUST_PROXY),
        accept: createIntake({
          ...bot,
          me: () => state.me,
          keep: async (updates) => {
            await acceptUpdates(store, updates, { botId, scrub, now: now() })
            side?.inbox()?.wake()
          },
        }),
      }),
    )
  }
  // Not app.route(): for a sub-app with its own error handler, Hono wraps each handler, which costs 10% of a request's time.
  const agents = createApi(apiDeps)
  for (const path of apiPaths) app.all(path, (c) => agents.fetch(c.req.raw, c.env))
  if (playground !== null) app.route('/', playground.routes)
  server.serve(app)
  // In the playground, the link to open is announced instead.
  if (playground === null) log.info({ url: server.url }, 'listening')

  await database.listen(outboxChannel, wakeup.trigger)
  const begin = async () => {
    // Before updates: a tap must not answer a request that ended with its process. A query that a broken connection swallowed
    // never settles, so the start fails then, and is repeated.
    await withLimit(
      withdrawAbandoned(system, (id) => held.has(id)),
      maxStartMs,
    )
    const stopNotifier = await notifier.start()
    const jobs = startJobs({
      store,
      ownerId: owner.id,
      now,
      log,
      leads: isLeading,
      since: now(),
      cron: jobsCron,
    })
    side = startTelegramSide({
      api,
      telegram,
      bot,
      log,
      scrub,
      redact: redactor.text,
      metrics,
      state,
      leads: isLeading,
      webhook:
        webhook === undefined
          ? undefined
          : { url: `${config.PUBLIC_URL}${webhook.path}`, secret: webhook.secret },
      onReady: async () => {
        // Only after Telegram has accepted it, so a mistyped token never replaces a good one.
        if (config.BOT_TOKEN !== undefined) await storeBotToken(system, config.BOT_TOKEN, secretKey)
        await keepToOneBot(system, { store, botId, now })
      },
    })
    const { stop } = side
    return async () => {
      side = null
      await Promise.all([stop(), jobs.stop()])
      await stopNotifier()
    }
  }
  leadership = startLeadership({
    lead: (onGained, onLost) => database.lead(leaderLock, onGained, onLost),
    begin,
    log,
  })
  const { stop } = leadership
  closers.push(stop)
  // With the embedded database, terminal commands go through this process; with Postgres, they open the database directly.
  if (controlDir !== null) {
    const botName = async () => {
      if (state.me === null) throw new CommandError("Telegram hasn't answered yet. Try again in a moment.")
      return state.me.username
    }
    const secretKeyPlace = secretKeyPlaceOf(config.SECRET_KEY, config.DATA_DIR)
    const playgroundUrl = playground?.toLink(agentUrl)
    const deps = { db: store, ownerId: owner.id, now, agentUrl, secretKeyPlace, botName, playgroundUrl }
    const run = (command: Command) => runOnBoard(command, deps)
    closers.push(await openControlSocket({ dataDir: controlDir, run, log }))
  }

  return {
    url: server.url,
    playground: playground === null ? null : isPlaygroundOpen(config) ? 'open' : 'local',
    setupLink: async () => {
      if (playground !== null) return playground.toLink(agentUrl)
      const { signal } = stopping
      setupLink = createSetupLink({ scope, store, state, config, wakeup, now, log, signal })
      return setupLink
    },
    close,
  }
}
