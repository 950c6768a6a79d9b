import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backupToFile } from '../../src/db/backup/backup-file.ts'
import { listSnapshots, takeSnapshot } from '../../src/db/embedded/snapshots.ts'
import { botUpdates } from '../../src/db/schema.ts'
import { listTasks } from '../../src/domain/tasks/lists/list.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { bindChat, unbindChat } from '../../src/telegram/store/chat-binding.ts'
import { botToken, openTestBot, setupCode, type TestBot } from '../support/bot.ts'
import { labelsOn } from '../support/chat.ts'
import { wholeDatabase } from '../support/database.ts'

const configured = {
  METRICS_TOKEN: 'metrics-"token"/with odd%characters',
  WEBHOOK_SECRET: 'webhook-secret-of-the-tests',
  SECRET_KEY: 'a-secret-key-for-tests-0123456789abcdef',
}
const agentToken = /preq_[\w-]{32}/

let bot: TestBot
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'preqbot-secrets-'))
  bot = await openTestBot({ env: configured })
})
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Creates a token with the buttons of /agents. */
async function askForToken(user: VirtualUser): Promise<void> {
  user.sendText('/agents')
  const agents = await user.nextMessage('No agent is working', { within: 15_000 })
  user.tap('Connect an agent', agents)
  await user.nextEdit('Which agent is this for?')
  user.tap('Codex', agents)
  await user.nextEdit('When should')
  user.tap('30 days', agents)
}

async function showToken(): Promise<{ readonly card: Message; readonly token: string }> {
  await askForToken(bot.user)
  const card = await bot.user.nextMessage("Codex's token")
  await bot.handled()
  return { card, token: agentToken.exec(card.text ?? '')?.[0] ?? '' }
}

/** Every row of every table, a backup, a snapshot and the log. */
async function everythingKept(): Promise<string> {
  const backup = join(folder, 'backup.gz')
  await backupToFile(bot.db, backup, { now: new Date() })
  await takeSnapshot(bot.db, folder, { now: new Date() })
  const files = [backup, ...listSnapshots(folder).map(({ path }) => path)]
  expect(files).toHaveLength(2)
  const contents = files.map((path) => gunzipSync(readFileSync(path)).toString())
  return [await wholeDatabase(bot.db), ...contents, ...bot.lines].join('\n')
}

async function expectNothingKept(...secrets: readonly string[]): Promise<void> {
  const kept = await everythingKept()
  for (const secret of [...secrets, botToken, setupCode, ...Object.values(configured)]) {
    expect(secret.length).toBeGreaterThan(15)
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(JSON.stringify(secret).slice(1, -1))
  }
}

async function logged(words: string): Promise<void> {
  while (!bot.lines.some((line) => line.includes(words)))
    await new Promise((resolve) => setTimeout(resolve, 3))
}

const storedUpdates = async () =>
  (await bot.db.select().from(botUpdates).orderBy(botUpdates.updateId)).map(({ update }) => update)

describe('no token or secret is stored', () => {
  test('after each button of the token card', async () => {
    const { card, token } = await showToken()
    const pressable = card.reply_markup?.inline_keyboard.flat().filter((button) => 'callback_data' in button)
    expect(pressable).toHaveLength(1)

    bot.user.tap('Delete this message', card)
    await bot.user.nextAnswer()
    await bot.handled()

    await expectNothingKept(token)
  })

  test('after a reply with a quote and a forward of it', async () => {
    const { card, token } = await showToken()

    bot.user.reply(card, 'I stored it')
    bot.user.reply(card, 'this one?', { quote: { text: token, position: 0 } })
    bot.user.forward(card)
    await bot.handled()

    await expectNothingKept(token)
    const updates = await storedUpdates()
    expect(JSON.stringify(updates)).toContain('I stored it')
    const { text = '', entities } = (updates.at(-1) as { message: Message }).message
    const inCode = entities?.filter(({ type }) => type === 'code')
    expect(inCode?.map(({ offset, length }) => text.slice(offset, offset + length))).toEqual([
      '[redacted]',
      'Take my next preqbot task and work on it.',
    ])
  })

  test('if the database refuses to store an update, which is logged as SQL and an error code', async () => {
    const { card, token } = await showToken()
    await bot.db.execute(sql`alter table bot_updates rename to bot_updates_away`)

    bot.user.tap('Delete this message', card)
    await logged('42P01')
    await bot.db.execute(sql`alter table bot_updates_away rename to bot_updates`)
    await bot.user.nextAnswer({ within: 15_000 })
    await bot.handled()

    await expectNothingKept(token)
    const failure = bot.lines.find((line) => line.includes('42P01')) ?? ''
    expect(failure).toContain('insert into')
    expect(failure).not.toContain('params')
    expect(failure).not.toContain('callback_query')
  })

  test('if Telegram is behind a path that does not answer', async () => {
    const { token } = await showToken()

    await bot.restart({ TELEGRAM_API_ROOT: 'http://127.0.0.1:1/behind/a/path' })
    await logged("Can't reach Telegram")
    await expectNothingKept(token)
  })

  test('when someone opens the setup link, whose code is stored as a hash', async () => {
    await unbindChat(bot.ctx)
    bot.user.open(setupCode)
    await bot.user.nextMessage()
    await bot.handled()

    await expectNothingKept()
    expect(JSON.stringify(await storedUpdates())).toMatch(/\/start [0-9a-f]{64}/)
  })
})

test('what people write, quote and reply to is stored unchanged, and the bot’s own text is not stored', async () => {
  bot.user.sendText('Fix the login: see https://example.com/?start=now and sk-learn')
  const card = await bot.user.nextMessage('WEB-1')
  bot.user.reply(card, 'and the logout', { quote: { text: 'Fix the login', position: 0 } })
  bot.user.tap('Todo', card)
  await bot.handled()

  const [sentTexts, replied, tapped] = await storedUpdates()
  expect(sentTexts).toMatchObject({
    message: { text: 'Fix the login: see https://example.com/?start=now and sk-learn' },
  })
  expect(replied).toMatchObject({ message: { text: 'and the logout', quote: { text: 'Fix the login' } } })
  const { message } = replied as { message: { reply_to_message: object } }
  const { callback_query: tap } = tapped as { callback_query: { message: object; data: string } }
  expect(tap.data).not.toBe('')
  for (const own of [message.reply_to_message, tap.message])
    expect(Object.keys(own).sort()).toEqual(['chat', 'date', 'from', 'message_id'])
})

test('another service’s key in a forwarded message is redacted in its task', async () => {
  bot.user.forwardForeign(`Use ghp_${'a1B2'.repeat(9)} for the release`, { name: 'Anna' })
  await bot.user.nextMessage('WEB-1')
  await bot.handled()

  const [task] = await listTasks(bot.scope, {})
  expect(`${task?.title}`).toContain('Use [redacted] for the release')
})

describe('a group', () => {
  const enter = async () => {
    const room = addSupergroup(bot.world, { title: 'Team', members: [bot.user.userId] })
    await unbindChat(bot.ctx)
    await bindChat(bot.ctx, { chatId: room.chat.id, userId: bot.user.userId })
    return virtualUser(bot.world, { userId: bot.user.userId, chatId: room.chat.id })
  }
  const sentTo = (chatId: number) =>
    JSON.stringify(
      bot.world.calls.filter(({ params }) => (params as { chat_id?: unknown }).chat_id === chatId),
    )

  test('never sees a token, and the link to one is stored only as a hash', async () => {
    const user = await enter()
    await askForToken(user)
    const card = await user.nextEdit("I don't post tokens in a group")
    await bot.handled()
    const code = /start=(k_[\w-]{22})/.exec(JSON.stringify(card.reply_markup))?.[1] ?? ''

    user.reply(card, 'thanks')
    bot.user.open(code)
    const secret = await bot.user.nextMessage("Codex's token")
    await bot.handled()

    const token = agentToken.exec(secret.text ?? '')?.[0] ?? ''
    expect(sentTo(user.chatId)).not.toMatch(/preq_/)
    await expectNothingKept(token, code.slice(2))
  })

  test('gets the board from /export only after the owner confirms', async () => {
    const user = await enter()
    user.sendText('/export')
    const warning = await user.nextMessage('Everyone in this group will see the full board')
    await bot.handled()
    expect(labelsOn(warning)).toEqual(['Post it here', 'Cancel'])
    expect(sentTo(user.chatId)).not.toContain('document')

    user.tap('Post it here', warning)
    await user.nextMessage('Full board as JSON')

    await bot.handled()
    expect(user.current(warning)).toBeUndefined()
  })
})
