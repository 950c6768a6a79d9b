import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type App, startApp } from '../../src/app/app.ts'
import { loadConfig } from '../../src/config.ts'
import { listSecurityEvents } from '../../src/domain/access/security.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createCtx } from '../../src/domain/core/context.ts'
import { ensureOwner } from '../../src/domain/core/owner.ts'
import { listAudit } from '../../src/domain/reports/audit.ts'
import { openLog } from '../../src/log.ts'
import { virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { botToken, openTestBot } from '../support/bot.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { launchProcess } from '../support/process.ts'
import { freePort } from '../support/updates.ts'

let folder: string
let database: TestDatabase
let apps: App[]
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preqbot-exposure-'))
  apps = []
})
afterEach(async () => {
  for (const app of apps) await app.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts the product on this file's database; without a bot token it is the playground. */
const start = async (env: Readonly<Record<string, string>> = {}): Promise<App> => {
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: folder,
    SECRET_KEY: 'a-secret-key-0123456789abcdefghij',
    OWNER_EMAIL: 'ada@example.com',
    ...env,
  })
  const open = async () => ({ ...database, close: async () => {} })
  const app = await startApp({ config, log: openLog({ level: 'silent' }), open })
  apps.push(app)
  return app
}
const stop = async (app: App) => {
  apps = apps.filter((other) => other !== app)
  await app.close()
}

/** A bot that Telegram doesn't answer. */
const unanswered = { BOT_TOKEN: botToken, TELEGRAM_API_ROOT: 'http://127.0.0.1:9' }

describe('the server', () => {
  // All of 127.0.0.0/8 is loopback: a server on all addresses answers on 127.0.0.2, one on 127.0.0.1 doesn't.
  const answersElsewhere = async ({ url }: App) => {
    const answer = await fetch(`${url.replace('localhost', '127.0.0.2')}/api/health`).catch(() => null)
    return answer !== null
  }

  test.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['with a bot', unanswered, false],
    ['in the playground', {}, false],
    ['in a playground that may be public', { PLAYGROUND_PUBLIC: '1' }, false],
    ['with HOST', { ...unanswered, HOST: '0.0.0.0' }, true],
    [
      'with PUBLIC_URL and HOST',
      { ...unanswered, PUBLIC_URL: 'http://board.test', HOST: '127.0.0.1' },
      false,
    ],
    ['with PUBLIC_URL', { ...unanswered, PUBLIC_URL: 'http://board.test' }, true],
  ])('%s is reachable from other machines or not', async (_when, env, expected) => {
    const app = await start({ ...env, PORT: String(await freePort()) })

    expect(await answersElsewhere(app)).toBe(expected)
  })
})

describe('a playground', () => {
  test.each<Readonly<Record<string, string>>>([
    { HOST: '0.0.0.0' },
    { HOST: '::' },
    { HOST: '192.0.2.1' },
    { HOST: 'board.example.com' },
    { PUBLIC_URL: 'https://board.example.com' },
    { PUBLIC_URL: 'https://board.example.com', HOST: '127.0.0.1' },
    { HOST: '0.0.0.0', PLAYGROUND_PUBLIC: '0' },
  ])('does not start with %j', async (env) => {
    await expect(start(env)).rejects.toMatchObject({
      name: 'OpenPlaygroundError',
      message: expect.stringMatching(/Set BOT_TOKEN\..* set PLAYGROUND_PUBLIC=1\.$/),
    })
  })

  test('in the image without a token says what to set and exits cleanly', async () => {
    const { ready } = await launchProcess({ HOST: '0.0.0.0', IN_CONTAINER: '1', DATA_DIR: folder })

    await expect(ready).rejects.toThrow(
      "ended with 1: Without BOT_TOKEN, this is the playground, which isn't opened to other machines (HOST=0.0.0.0). Set BOT_TOKEN. " +
        'To try the playground in a container, publish its port on 127.0.0.1 only and set PLAYGROUND_PUBLIC=1.',
    )
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  }, 120_000)

  const state = (url: string, cookie = '') => fetch(`${url}/client/state`, { headers: { cookie } })
  const cookieFrom = async (link: string) =>
    (await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')?.split(';')[0]

  test('opens with its printed link or its plain URL, with a new key each time', async () => {
    const app = await start()
    const link = (await app.setupLink()) ?? ''

    expect(link).toMatch(new RegExp(`^${app.url}/\\?key=[\\w-]{22}$`))
    expect((await state(app.url)).status).toBe(401)
    for (const address of [link, app.url])
      expect((await state(app.url, await cookieFrom(address))).status).toBe(200)
    await stop(app)
    expect(await (await start()).setupLink()).not.toContain(link.slice(-22))
  })

  test('that may be public opens only with its printed link', async () => {
    const app = await start({ HOST: '0.0.0.0', PLAYGROUND_PUBLIC: '1' })
    const link = (await app.setupLink()) ?? ''

    expect(app.playground).toBe('open')
    expect(await cookieFrom(app.url)).toBeUndefined()
    expect((await state(app.url, await cookieFrom(link))).status).toBe(200)
  })

  test('that may be public polls instead of using a webhook, and /doctor names what is exposed', async () => {
    const app = await start({ PUBLIC_URL: 'https://board.example.com', PLAYGROUND_PUBLIC: '1' })
    const link = (await app.setupLink()) ?? ''
    expect(link).toMatch(/^https:\/\/board\.example\.com\/\?key=[\w-]{22}$/)
    const cookie = await cookieFrom(link.replace('https://board.example.com', app.url))
    const post = (path: string, body: object) =>
      fetch(`${app.url}/client/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: cookie ?? '' },
        body: JSON.stringify(body),
      })
    await post('start', { payload: '' })
    await post('send-text', { text: '/doctor' })

    const shown = async () => (await state(app.url, cookie)).text()
    await expect.poll(shown, { timeout: 15_000 }).toContain('anyone who has its link is the owner')
    expect(await shown()).toContain('Polling: OK')
    expect(await shown()).toContain('everyone behind PUBLIC_URL counts as one address')
  }, 30_000)

  test('gives its bot a random token that nobody can guess', async () => {
    const { url } = await start()

    const answer = await fetch(`${url}/bot1000:playground/getMe`)

    expect(answer.status).toBe(401)
  })
})

describe('the first start with a real bot on the data of a playground', () => {
  let telegram: Playground
  beforeEach(async () => {
    telegram = await openPlayground({ botToken })
  })
  afterEach(() => telegram.close())

  const ask = async ({ url }: App, token: string) =>
    (await fetch(`${url}/api/tasks`, { headers: { authorization: `Bearer ${token}` } })).status
  const board = async () => {
    const owner = await ensureOwner(database.db, { email: 'ada@example.com', name: null, now: new Date() })
    const scope = { db: database.db, ownerId: owner.id }
    return { scope, ctx: createCtx({ ...scope, actor: { kind: 'owner' }, now: () => new Date() }) }
  }
  /** Runs the playground until its bot is known and creates a token in it. */
  const play = async () => {
    const app = await start()
    const health = async () => (await fetch(`${app.url}/api/health`)).json()
    await expect.poll(health, { timeout: 15_000 }).toMatchObject({ ok: true })
    const { ctx, scope } = await board()
    const { token } = await createToken(ctx, { name: 'laptop' })
    expect(await ask(app, token)).toBe(200)
    await stop(app)
    return { token, ctx, scope }
  }

  test('revokes the playground’s tokens before it serves any request, even if Telegram is down', async () => {
    const { token, scope } = await play()

    const app = await start(unanswered)

    expect(await ask(app, token)).toBe(401)
    expect(await listSecurityEvents(scope, { limit: 9 })).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({
          eventType: 'token.revoke',
          detail: { name: 'laptop', reason: 'playground' },
        }),
      ]),
    })
    expect((await listAudit(scope, { limit: 1 })).entries).toMatchObject([
      { action: 'token.revoke', by: 'system', meta: { name: 'laptop', reason: 'playground' } },
    ])
  }, 30_000)

  test('is recorded in /security, and later tokens stay valid', async () => {
    const { ctx } = await play()
    const env = { BOT_TOKEN: botToken, TELEGRAM_API_ROOT: telegram.url, SETUP_CODE: 'setup-code' }
    await stop(await start({ ...env, TELEGRAM_API_ROOT: unanswered.TELEGRAM_API_ROOT }))
    const { token } = await createToken(ctx, { name: 'desktop' })

    const app = await start(env)
    await app.setupLink()

    const user = virtualUser(telegram.world)
    user.sendText('/start setup-code')
    await user.nextMessage('time zone')
    user.sendText('/security')
    await user.nextMessage('Revoked token laptop, made in the playground')
    expect(await ask(app, token)).toBe(200)
  }, 30_000)
})

describe('/doctor names', { timeout: 60_000 }, () => {
  const examine = async (
    env: Readonly<Record<string, string>>,
    prepare?: (bot: Awaited<ReturnType<typeof openTestBot>>) => Promise<unknown>,
  ) => {
    const bot = await openTestBot({ env, updates: 'polling' })
    try {
      await prepare?.(bot)
      bot.user.sendText('/doctor')
      return (await bot.user.nextMessage('Bot token')).text
    } finally {
      await bot.close()
    }
  }

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['an address of this machine', {}, '\nAddress: 127.0.0.1 (this machine only)'],
    [
      'an address that other machines reach',
      { HOST: '0.0.0.0' },
      'Address: other machines reach 0.0.0.0 over plain HTTP.\n↳ Unset HOST, or put a proxy with TLS in front and set PUBLIC_URL.',
    ],
    [
      'an address inside a container',
      { HOST: '0.0.0.0', IN_CONTAINER: '1' },
      '\nAddress: 0.0.0.0 inside the container',
    ],
    ['the proxies', { TRUST_PROXY: '10.0.0.1,172.16.0.0/12' }, '\nProxies: 10.0.0.1, 172.16.0.0/12'],
    [
      'proxies that are half the world',
      { TRUST_PROXY: '10.0.0.1,128.0.0.0/1' },
      'Proxies: 128.0.0.0/1 lets strangers forge their address.\n↳ Name only your own proxies in TRUST_PROXY.',
    ],
  ])('%s', async (_what, env, line) => {
    expect(await examine(env)).toContain(line)
  })

  test('tokens that never expire', async () => {
    const inAYear = new Date(Date.now() + 365 * 86_400_000)
    const text = await examine({}, async ({ ctx }) => {
      await createToken(ctx, { name: 'laptop' })
      await createToken(ctx, { name: 'desktop', expiresAt: inAYear })
    })

    expect(text).toContain('Tokens: laptop never expires.\n↳ Replace with tokens that expire, in /agents.')
    expect(
      await examine({}, ({ ctx }) => createToken(ctx, { name: 'desktop', expiresAt: inAYear })),
    ).toContain('\nTokens: all expire')
  })

  test('a data folder and files in it that other users can open', async () => {
    const env = { DATA_DIR: folder, SECRET_KEY: '' }
    const line = (names: string) =>
      `Data folder: other users of this machine may open ${names}.\n↳ chmod -R go= ${folder}`
    expect(await examine(env)).toContain('\nData folder: only this user can read it')

    chmodSync(folder, 0o755)
    expect(await examine(env)).toContain(line(folder))

    chmodSync(folder, 0o700)
    writeFileSync(join(folder, 'backup.gz'), '')
    chmodSync(join(folder, 'backup.gz'), 0o644)
    expect(await examine(env)).toContain(line(join(folder, 'backup.gz')))
  })
})
