import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { openDatabase } from '../src/db/open.ts'
import { bindChat } from '../src/domain/chat-binding.ts'
import { createCtx } from '../src/domain/context.ts'
import { ensureOwner } from '../src/domain/ensure-owner.ts'
import { createProject } from '../src/domain/projects/create.ts'
import { changeSettings } from '../src/domain/settings.ts'
import { createToken } from '../src/domain/tokens.ts'
import { openLog } from '../src/log.ts'
import { openPlayground } from '../src/playground/playground.ts'
import { virtualUser } from '../src/playground/virtual-user.ts'

// Plays a scene in the playground and photographs it for the README: npm run pictures [-- FOLDER] writes every screen there too.

const folder = process.argv[2]
const phone = { width: 390, height: 844 }
const token = '1000000001:AA-token-of-the-picture-scene-000000'
const dataDir = mkdtempSync(join(tmpdir(), 'preqbot-pictures-'))
const now = () => new Date()

const playground = await openPlayground({ botToken: token })
const user = virtualUser(playground.world)
const database = await openDatabase({ dataDir, onTrouble: () => {} })
const owner = await ensureOwner(database.db, { email: 'ada@example.com', name: 'Ada', now: now() })
const ctx = createCtx({ db: database.db, ownerId: owner.id, actor: { kind: 'owner' }, now })
await bindChat(ctx, { chatId: user.chatId, userId: user.userId })
await changeSettings(ctx, { timeZone: 'Europe/Berlin', digestEnabled: false })
await createProject(ctx, { key: 'WEB', name: 'Website', repoUrl: 'https://github.com/ada/website' })
await createProject(ctx, { key: 'API', name: 'Backend', repoUrl: 'https://github.com/ada/backend' })
const agentToken = (await createToken(ctx, { name: 'laptop' })).token

const config = loadConfig({
  BOT_TOKEN: token,
  TELEGRAM_API_ROOT: playground.url,
  PORT: '0',
  HOST: '127.0.0.1',
  SECRET_KEY: 'only-for-the-pictures-0123456789abcdef',
})
const app = await startApp({
  config,
  log: openLog({ level: 'warn' }),
  open: async () => ({ ...database, close: async () => {} }),
})
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
})

const agent = (method: string, path: string, body: object) =>
  fetch(`${app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${agentToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

try {
  const shots: Buffer[] = []
  const page = await openPage(browser, 'light')
  const dark = await openPage(browser, 'dark')
  const shoot = async (name: string, keep = false, from = page) => {
    await pause(700)
    const shot = await from.screenshot()
    if (keep) shots.push(shot)
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    await from.screenshot({ path: join(folder, `${name}.png`) })
    await dark.screenshot({ path: join(folder, `${name}-dark.png`) })
  }

  user.say(
    'WEB: Fix the login redirect after sign-out #auth !high @codex ^fri 17:00\nHappens on Safari only, see the trace.\n- [ ] Sign-out lands on the start page\n- [ ] A test covers it',
  )
  await user.nextMessage('WEB-1')
  await shoot('capture', true)

  for (const text of [
    'API: Cache the price list #perf',
    'WEB: Dark mode for the editor #ui',
    'API: Rotate the signing keys !! ^tomorrow',
    'WEB: Try the new search',
  ]) {
    user.say(text)
    await user.nextMessage(text.slice(5, 15))
  }
  user.say('/inbox')
  await user.nextMessage('Inbox')
  await shoot('deck', true)

  user.tap('Todo')
  await user.nextEdit('2 of 5')
  user.say('API-1')
  await user.nextMessage('API-1')
  user.tap('Todo')
  await user.nextEdit('Todo')
  await agent('PATCH', '/api/tasks/API-1', { lifecycle_action: 'start', engine: 'claude-code' })
  await agent('PATCH', '/api/tasks/API-1', {
    lifecycle_action: 'block',
    result: {
      blocked_reason:
        'The price list has **two** sources.\n\n- `prices.json` in the repository\n- the `prices` table\n\nWhich one is the truth?',
    },
  })
  await user.nextMessage('Which one is the truth')
  await shoot('blocked')
  await agent('PATCH', '/api/tasks/WEB-1', { lifecycle_action: 'start', engine: 'codex' })
  await agent('PATCH', '/api/tasks/WEB-1', {
    lifecycle_action: 'complete',
    result: {
      summary:
        'Sign-out now clears the session cookie *before* it redirects, so Safari no longer goes back to the old page.',
      tests: '148 passed, 2 new',
      checks: 'lint, types',
      pr_url: 'https://github.com/ada/website/pull/52',
    },
  })
  await user.nextMessage('Sign-out now clears')
  await shoot('ready', true)

  for (const [name, command] of [
    ['home', '/start'],
    ['board', '/board'],
    ['agents', '/agents'],
    ['projects', '/projects'],
    ['settings', '/settings'],
    ['stats', '/stats'],
    ['help', '/help'],
    ['digest', '/digest'],
  ] as const) {
    user.say(command)
    await user.nextMessage(undefined, { within: 10_000 })
    await shoot(name, name === 'digest')
  }
  await compose(browser, shots, 'docs/pictures/chat.png')
} finally {
  await browser.close()
  await app.close()
  await playground.close()
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
}

async function openPage(from: Browser, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await from.newContext({ viewport: phone, deviceScaleFactor: 1.5, colorScheme })
  const page = await context.newPage()
  await page.goto(playground.url)
  return page
}

/** Puts the screens side by side. */
async function compose(from: Browser, shots: readonly Buffer[], path: string): Promise<void> {
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString('base64')}">`).join('')
  const style =
    'body{margin:0;padding:24px;display:flex;gap:20px;background:#eef2f5}img{width:320px;border-radius:22px;box-shadow:0 6px 24px #0002}'
  const page = await from.newPage({
    viewport: { width: 48 + shots.length * 320 + (shots.length - 1) * 20, height: 740 },
  })
  await page.setContent(`<style>${style}</style>${images}`)
  mkdirSync('docs/pictures', { recursive: true })
  await page.screenshot({ path, fullPage: true })
  process.stdout.write(`${path}: ${Math.round(readFileSync(path).length / 1024)} kB\n`)
}
