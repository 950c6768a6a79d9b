import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { type App, startApp } from '../../src/app/app.ts'
import { loadConfig } from '../../src/config.ts'
import { rows } from '../../src/db/rows.ts'
import type { Database, Db } from '../../src/db/types.ts'
import { type Ctx, createCtx } from '../../src/domain/core/context.ts'
import { ensureOwner } from '../../src/domain/core/owner.ts'
import type { Scope } from '../../src/domain/core/scope.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { openLog } from '../../src/log.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type PlaygroundOptions } from '../../src/playground/playground.ts'
import type { World } from '../../src/playground/world/world.ts'
import { readState } from '../../src/telegram/store/bot-state.ts'
import { bindChat } from '../../src/telegram/store/chat-binding.ts'
import { openTestDatabase } from './database.ts'
import { type Statement, watchStatements } from './statements.ts'
import { intake } from './updates.ts'

/** The whole product with its own database and Telegram, driven by a test user. */
export interface TestBot {
  readonly user: VirtualUser
  readonly world: World
  readonly db: Db
  readonly scope: Scope
  /** Acts on the board as the owner, bypassing the chat. */
  readonly ctx: Ctx
  /** The URL of the HTTP server with `/api` and `/mcp`. */
  readonly url: () => string
  /** The Bot API's root, for calls by another program. */
  readonly telegramUrl: string
  /** All log entries. */
  readonly lines: readonly string[]
  readonly setupCode: string
  /** The setup link that a start prints; null if the bot has an owner. */
  readonly link: () => Promise<string | null>
  /** Lets the chats' limits recover, as if a minute had passed since the last message. */
  readonly refillLimits: () => void
  /** Resolves once all of Telegram's updates are stored and handled. */
  readonly handled: () => Promise<void>
  /** Stops the process cleanly and restarts it on the same database and Telegram, optionally with another environment. */
  readonly restart: (env?: Readonly<Record<string, string>>) => Promise<void>
  readonly close: () => Promise<void>
}

export interface TestBotOptions {
  /** False: no owner and no project, as on the very first start. */
  readonly ready?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** How updates arrive; by default as TEST_UPDATES says. */
  readonly updates?: 'polling' | 'webhook'
  readonly now?: () => Date
  readonly playground?: PlaygroundOptions
  /** Called with every statement that the app sends to the database. */
  readonly onStatement?: (statement: Statement) => void
  /** Opens the database of this URL for the app, e.g. through a proxy; Postgres only. */
  readonly openDatabase?: (url: string) => Promise<Database>
}

export const setupCode = 'setup-code-for-tests'
export const botToken = '1000000001:AAtest-token-that-must-not-be-logged_00'

/** Waits for the notifier's first round, which skips what happened before it. A bot that Telegram keeps from starting has none. */
async function untilFollowed(db: Db): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await readState(db, 'notifier_cursor')) !== undefined) return
    await pause(25)
  }
}

/** Starts the product against the playground; by default bound, with the project WEB, in Europe/Berlin. */
export async function openTestBot(options: TestBotOptions = {}): Promise<TestBot> {
  const now = options.now ?? (() => new Date())
  const way = await intake(options.updates)
  const playground = await openPlayground({ clock: now, botToken, ...way.playground, ...options.playground })
  const database = await openTestDatabase()
  const owner = await ensureOwner(database.db, { email: 'ada@example.com', name: 'Ada', now: now() })
  const scope = { db: database.db, ownerId: owner.id }
  const ctx = createCtx({ db: database.db, ownerId: owner.id, actor: { kind: 'owner' }, now })
  const user = virtualUser(playground.world)
  if (options.ready ?? true) {
    await bindChat(ctx, { chatId: user.chatId, userId: user.userId })
    await changeSettings(ctx, { timeZone: 'Europe/Berlin' })
    await createProject(ctx, { key: 'WEB', name: 'Website', repoUrl: 'https://github.com/ada/website' })
  }
  const lines: string[] = []
  const env = {
    BOT_TOKEN: playground.token,
    TELEGRAM_API_ROOT: playground.url,
    PORT: '0',
    HOST: '127.0.0.1',
    SECRET_KEY: 'a-secret-key-for-tests-0123456789abcdef',
    SETUP_CODE: setupCode,
    OWNER_EMAIL: 'ada@example.com',
    ...way.env,
    ...options.env,
  }
  const log = openLog({ level: 'trace', write: (line) => void lines.push(line) })
  // The database outlives the app, for restarts.
  const { onStatement } = options
  const db = onStatement === undefined ? database.db : watchStatements(database.db, onStatement)
  let aheadMs = 0
  const elapsed = () => performance.now() + aheadMs
  const open = async () =>
    options.openDatabase === undefined || database.url === null
      ? { ...database, db, close: async () => {} }
      : options.openDatabase(database.url)
  const start = (more: Readonly<Record<string, string>> = {}) =>
    // Jobs run when a test says so, not when a minute begins while it runs.
    startApp({ config: loadConfig({ ...env, ...more }), log, now, elapsed, jobsCron: '0 0 1 1 *', open })
  let app: App = await start()
  await untilFollowed(database.db)
  return {
    user,
    world: playground.world,
    db: database.db,
    scope,
    ctx,
    url: () => app.url,
    telegramUrl: playground.url,
    lines,
    setupCode,
    link: () => app.setupLink(),
    refillLimits: () => {
      aheadMs += 60_000
    },
    handled: () => allHandled(playground.world, database.db),
    restart: async (more) => {
      await app.close()
      app = await start(more)
    },
    close: async () => {
      await app.close()
      await playground.close()
      await database.close()
    },
  }
}

const lookEveryMs = 3
const unfinished = sql`select update_id from bot_updates where finished_at is null limit 1`

// Only the database knows what has been handled and it sends no signal, so poll it. First wait for Telegram's queue to drain:
// confirmed updates are stored in the database.
async function allHandled(world: World, db: Db): Promise<void> {
  for (;;) {
    const isTaken = world.updates.pending().length === 0
    if (isTaken && (await rows(db, unfinished)).length === 0) return
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
}
