import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedClosed, seedHistory, seedOpen } from '../bench/seed.ts'
import { createToken } from '../src/domain/access/tokens.ts'
import { changeSettings } from '../src/domain/settings/settings.ts'
import { bindChat } from '../src/telegram/store/chat-binding.ts'
import { openTestBot, type TestBot } from './support/bot.ts'
import { commands } from './support/buttons.ts'
import { type Statement, tablesScanned } from './support/statements.ts'

// What grows with the years. Labels of tasks are left out: where few tasks are open Postgres looks theirs up, else it reads all.
const large = ['tasks', 'work_logs', 'events_outbox', 'audit_logs', 'bot_messages', 'bot_updates']

let bot: TestBot
const statements = new Map<string, Statement>()

beforeAll(async () => {
  bot = await openTestBot({
    ready: false,
    onStatement: (statement) => void statements.set(JSON.stringify(statement), statement),
  })
  const { db, scope, user } = bot
  await seedOpen(db, scope.ownerId)
  await seedClosed(db, scope.ownerId, 301, 12_000)
  await seedHistory(db, scope.ownerId, { closed: 12_000, logs: 40_000, events: 20_000 })
  await db.execute(sql`insert into bot_messages (chat_id, message_id, purpose, task_id, state, created_at, sent_at)
    select ${user.chatId}::bigint, 100000 + n, 'notification', (select id from tasks where task_number = 1 + n % 12000 limit 1), 'sent', now(), now()
    from generate_series(1, 10000) n`)
  await db.execute(sql`insert into bot_updates (bot_id, update_id, update, received_at, effect_at, finished_at)
    select ${bot.world.bot.user.id}::bigint, n, '{}'::jsonb, now(), now(), now() from generate_series(1, 10000) n`)
  await db.execute(sql`analyze`)
  await bindChat(bot.ctx, { chatId: user.chatId, userId: user.userId })
  await changeSettings(bot.ctx, { timeZone: 'Europe/Berlin' })
}, 120_000)

afterAll(() => bot.close())

test('nothing that the owner, an agent or the clock asks for reads a large table from end to end', async () => {
  statements.clear()
  await askInTheChat()
  await askAsAnAgent()
  await bot.handled()
  const asked = [...statements.values()].filter(({ text }) =>
    /^\s*(select|with|insert|update|delete)\b/i.test(text),
  )
  const scanned: string[] = []
  for (const statement of asked) {
    const tables = (await tablesScanned(bot.db, statement)).filter((table) => large.includes(table))
    if (tables.length > 0)
      scanned.push(`${tables.join(', ')}: ${statement.text} ${JSON.stringify(statement.parameters)}`)
  }
  expect(asked.length).toBeGreaterThan(100)
  expect(scanned).toEqual([])
}, 120_000)

// A year of statistics is left out: it reads what it draws.
async function askInTheChat(): Promise<void> {
  const [open] = await bot.db.query.tasks.findMany({
    where: (task, { eq }) => eq(task.status, 'todo'),
    limit: 1,
  })
  const key = open?.taskKey ?? ''
  const arguments_: Readonly<Record<string, readonly string[]>> = {
    task: [key],
    tasks: ['done', 'todo #bug', '!high', '@codex login', 'web'],
    board: ['web'],
    log: ['web', key],
    search: ['login redirect', 'login', key, '12'],
    audit: [key],
  }
  const all = commands.filter(({ command }) => command !== 'export')
  for (const { command } of all) {
    for (const argument of ['', ...(arguments_[command] ?? [])]) {
      bot.user.sendText(`/${command} ${argument}`.trim())
      await bot.handled()
    }
  }
}

async function askAsAnAgent(): Promise<void> {
  const { token } = await createToken(bot.ctx, { name: 'laptop' })
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${bot.url()}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(response.status, await response.text()).toBeLessThan(300)
  }
  await call('GET', 'tasks?status=done&limit=50')
  await call('GET', 'tasks?status=todo&label=bug')
  await call('GET', 'tasks?engine=codex&status=inbox&compact=1')
  await call('GET', 'tasks?run_state=queued')
  await call('GET', 'tasks?limit=20&q=login')
  await call('GET', 'events?after=19000&limit=50')
  await call('GET', 'work-logs?limit=20')
  await call('POST', 'tasks/claim', {})
  await call('POST', 'tasks/claim', { status: 'todo', label: 'bug' })
  await call('POST', 'tasks', { title: 'A new one', projectKey: 'WEB', labels: ['bug'] })
}
