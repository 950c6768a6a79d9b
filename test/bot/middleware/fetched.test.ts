import { afterAll, beforeAll, expect, test } from 'vitest'
import { createToken } from '../../../src/domain/access/tokens.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { addTasks } from '../../support/chat.ts'
import { recordChanges } from '../../support/recorded-changes.ts'

let bot: TestBot
let ask: (method: string, path: string, body?: object) => Promise<Response>

beforeAll(async () => {
  bot = await openTestBot()
  const { token } = await createToken(bot.ctx, { name: 'laptop' })
  ask = (method, path, body) =>
    fetch(`${bot.url()}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
})

afterAll(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

/** Resolves when the bot has reacted to the owner's message with this emoji. */
const reaction = (messageId: number, emoji: string) =>
  bot.user.waitFor(
    (event): event is typeof event =>
      event.type === 'reaction' &&
      event.messageId === messageId &&
      event.reaction.some((one) => one.type === 'emoji' && one.emoji === emoji),
    { within: 20_000 },
  )

test.each([
  ['reads its task', () => ask('GET', '/tasks/WEB-1')],
  ['claims it', () => ask('POST', '/tasks/claim', { status: 'todo' })],
])('a comment is marked 👀 when an agent %s', async (_how, fetchTask) => {
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo' }])
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('Fix the login')
  const comment = bot.user.reply(card, 'Use the left one')
  await bot.handled()
  bot.user.mark()

  await fetchTask()

  await reaction(comment.message_id, '👀')
})

test('a comment that was already fetched isn’t marked again', async () => {
  const changes = await recordChanges(bot.db)

  await ask('GET', '/tasks/WEB-1')

  expect(await changes()).toEqual({ events: [], audit: [] })
})
