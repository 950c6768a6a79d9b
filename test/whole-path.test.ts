import { afterEach, beforeEach, expect, test } from 'vitest'
import { createToken } from '../src/domain/access/tokens.ts'
import { botToken, openTestBot, type TestBot } from './support/bot.ts'

let bot: TestBot
let token: string

beforeEach(async () => {
  bot = await openTestBot()
  token = (await createToken(bot.ctx, { name: 'laptop' })).token
})
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

async function agent(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(bot.url() + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('a thought becomes a task, an agent is blocked, gets its answer, delivers, and the owner accepts', async () => {
  bot.user.sendText('Fix the login @codex')
  const card = await bot.user.nextMessage('WEB-1')
  bot.user.tap('Todo', card)
  await bot.user.nextEdit('Todo')
  bot.user.tap('Queue', card)
  await bot.user.nextEdit('Queued')

  const claimed = await agent('POST', '/api/tasks/claim', { engine: 'codex' })
  expect(claimed).toMatchObject({ status: 200, body: { task: { task_key: 'WEB-1', run_state: 'working' } } })

  await agent('PATCH', '/api/tasks/WEB-1', {
    lifecycle_action: 'block',
    result: { blocked_reason: 'Which login page?' },
  })
  const blocked = await bot.user.nextMessage('Which login page?')
  bot.user.tap('Answer', blocked)
  const question = await bot.user.nextMessage('What should I tell the agent about WEB-1?')
  bot.user.reply(question, 'The one at /admin')
  await bot.handled()
  const again = await agent('POST', '/api/tasks/claim', { engine: 'codex' })
  expect(again.body).toMatchObject({
    task: { task_key: 'WEB-1', status: 'todo', feedback: [{ text: 'The one at /admin' }] },
  })

  await agent('PATCH', '/api/tasks/WEB-1', {
    lifecycle_action: 'complete',
    result: { summary: 'The admin login works again.', tests: '12 passed', pr_url: '' },
  })
  const ready = await bot.user.nextMessage('The admin login works again.')
  bot.user.tap('Accept', ready)
  await bot.handled()

  const done = await agent('GET', '/api/tasks/WEB-1')
  expect(done.body).toMatchObject({ task: { status: 'done', run_state: null } })
})

test('work that is sent back returns to todo with the reason as feedback', async () => {
  bot.user.sendText('Fix the login')
  await bot.user.nextMessage('WEB-1')
  await agent('PATCH', '/api/tasks/WEB-1/status', { status: 'todo' })
  await agent('PATCH', '/api/tasks/WEB-1', { lifecycle_action: 'complete', result: { summary: 'Done.' } })
  const ready = await bot.user.nextMessage('Done.')

  bot.user.tap('Send back', ready)
  const question = await bot.user.nextMessage('What should change')
  bot.user.reply(question, 'The tests are missing')
  await bot.handled()

  const { body } = await agent('GET', '/api/tasks/WEB-1')
  expect(body).toMatchObject({ task: { status: 'todo', feedback: [{ text: 'The tests are missing' }] } })
})

test('no secret stands in a log line, an event, an audit entry, a stored message or an answer', async () => {
  bot.user.sendText(`Rotate the token`)
  await bot.user.nextMessage('WEB-1')
  await agent('PATCH', '/api/tasks/WEB-1', { lifecycle_action: 'start' })
  await agent('GET', '/api/tasks/NOPE-1')
  await fetch(`${bot.url()}/api/tasks`, { headers: { authorization: `Bearer ${token}x` } })
  await bot.restart()

  const tables = await Promise.all([
    bot.db.query.eventsOutbox.findMany(),
    bot.db.query.auditLogs.findMany(),
    bot.db.query.securityEvents.findMany(),
    bot.db.query.botMessages.findMany(),
    bot.db.query.botConversations.findMany(),
    bot.db.query.userSettings.findMany(),
    bot.db.query.apiTokens.findMany(),
  ])

  const everything = [...bot.lines, JSON.stringify(tables)].join('\n')
  for (const secret of [botToken, token, token.slice(5)]) expect(everything).not.toContain(secret)
})
