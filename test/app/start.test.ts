import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp } from '../../src/app/app.ts'
import { loadConfig } from '../../src/config.ts'
import { openLog } from '../../src/log.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { botToken } from '../support/bot.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { watchStatements } from '../support/statements.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const taken = createServer()
let folder: string
let telegram: Playground
let database: TestDatabase
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'preqbot-start-'))
  database = await openTestDatabase()
  telegram = await openPlayground({ botToken })
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  taken.close()
  await telegram.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts with this environment until the setup link is known; returns the error instead, if any, and the log. */
async function start(
  env: Record<string, string>,
): Promise<{ name: string; message: string; logged: string }> {
  const lines: string[] = []
  const config = loadConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    SECRET_KEY: 'a-secret-key-0123456789abcdefghij',
    ...env,
  })
  const log = openLog({ level: 'info', write: (line) => void lines.push(line) })
  const open = async () => ({ ...database, close: async () => {} })
  const ended = startApp({ config, log, ...(env.DATA_DIR === undefined ? { open } : {}) }).then(
    async (app) => {
      throw new Error(`It started: ${await app.setupLink().finally(app.close)}`)
    },
  )
  const { name, message } = await ended.catch((error: Error) => error)
  return { name, message, logged: lines.join('') }
}

describe('a failed start says why and what to do', () => {
  test('if the data folder is not a folder', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')

    expect(await start({ DATA_DIR: file })).toMatchObject({
      name: 'DataFolderError',
      message: `The data folder ${file} can't be used (it is not a folder). Fix it or set DATA_DIR.`,
    })
  })

  test('if the folder cannot be created, immediately: Node would look for its parent forever', async () => {
    expect(await start({ DATA_DIR: '/proc/preqbot/data' })).toMatchObject({
      name: 'DataFolderError',
      message: expect.stringMatching(/^The data folder \/proc\/preqbot can't be used \(/),
    })
  })

  test('if the port is taken', async () => {
    const { port } = taken.address() as AddressInfo

    expect(await start({ PORT: String(port) })).toMatchObject({
      name: 'ListenError',
      message: `Port ${port} is in use. Stop the other program or set PORT.`,
    })
  })

  test('if the host is another machine', async () => {
    expect(await start({ HOST: '192.0.2.1', PLAYGROUND_PUBLIC: '1' })).toMatchObject({
      name: 'ListenError',
      message:
        "Can't listen on 192.0.2.1:0 (EADDRNOTAVAIL). Set PORT, or set HOST to an address of this machine.",
    })
  })

  test('if Telegram does not know the token, without logging it', async () => {
    const other = '1000000001:AA-another-token-that-nobody-gave-out'

    const { name, message, logged } = await start({ BOT_TOKEN: other, TELEGRAM_API_ROOT: telegram.url })

    expect({ name, message }).toEqual({
      name: 'RefusedTokenError',
      message: `Telegram (${telegram.url}) doesn't accept the bot token. Set BOT_TOKEN to the token that @BotFather shows now.`,
    })
    expect(logged).toContain("Telegram doesn't accept this bot token")
    expect(logged).not.toContain(other)
  })

  test('and does not store a token that Telegram does not know: the next start without one uses the good one', async () => {
    const env = { TELEGRAM_API_ROOT: telegram.url, SETUP_CODE: 'set-up-code' }
    const link = `It started: https://t.me/${telegram.world.bot.user.username}?start=set-up-code`

    const first = await start({ ...env, BOT_TOKEN: botToken })
    const mistyped = await start({ ...env, BOT_TOKEN: botToken.toLowerCase() })
    const next = await start(env)

    expect([first.message, mistyped.name, next.message]).toEqual([link, 'RefusedTokenError', link])
  })

  test('in one sentence on standard error, without a stack, and with an exit code', async () => {
    const ended = await new Promise((resolve) => {
      const env = { PATH: process.env.PATH, BOT_TOKEN: 'my-bot', PORT: 'http' }
      const child = execFile(
        process.execPath,
        ['--import', 'tsx', 'src/main.ts'],
        { cwd: root, env },
        (_error, out, err) => resolve({ code: child.exitCode, out, err }),
      )
    })

    expect(ended).toEqual({
      code: 1,
      out: '',
      err: [
        'Invalid environment:',
        "  BOT_TOKEN isn't a bot token; copy it exactly as @BotFather shows it",
        '  PORT must be a whole number from 0 to 65535',
        '',
      ].join('\n'),
    })
  })
})

test('a process that stops while it creates its setup link finishes that first', async () => {
  const { db } = database
  await db.execute(sql`create function sleep() returns trigger language plpgsql as
    $$ begin if new.key = 'setup_code' then perform pg_sleep(1); end if; return new; end $$`)
  await db.execute(sql`create trigger sleep before insert on bot_state for each row execute function sleep()`)
  const order: string[] = []
  let stopping: Promise<void> | undefined
  const watched = watchStatements(db, ({ parameters }) => {
    if (parameters[0] === 'setup_code' && parameters.length > 1) stopping ??= app.close()
  })
  const close = async () => void order.push('closed')
  const config = loadConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    SECRET_KEY: 'a-secret-key-0123456789abcdefghij',
    BOT_TOKEN: botToken,
    TELEGRAM_API_ROOT: telegram.url,
  })
  const log = openLog({ level: 'info', write: () => {} })
  const app = await startApp({ config, log, open: async () => ({ ...database, db: watched, close }) })
  try {
    await app.setupLink().then(() => order.push('link'))
    await stopping

    expect(order).toEqual(['link', 'closed'])
  } finally {
    await db.execute(sql`drop function sleep cascade`)
  }
})
