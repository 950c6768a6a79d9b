import { afterEach, beforeEach, expect, test } from 'vitest'
import { listTasks } from '../../src/domain/tasks/list.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

test('a message becomes an inbox task and is answered with its card', async () => {
  bot.user.say('Fix the login #backend !high')

  const card = await bot.user.nextMessage('WEB-1')

  const [task] = await listTasks(bot.scope, {})
  expect(task).toMatchObject({ key: 'WEB-1', title: 'Fix the login', status: 'inbox', priority: 'high' })
  expect(task?.labels.map((label) => label.name)).toEqual(['backend'])
  expect(card.text).toContain('Fix the login')
})

test('a tap on Todo moves the task and edits its card in place', async () => {
  bot.user.say('Fix the login')
  const card = await bot.user.nextMessage('WEB-1')

  bot.user.tap('Todo', card)
  await bot.user.nextEdit('Todo')

  const [task] = await listTasks(bot.scope, {})
  expect(task?.status).toBe('todo')
})

test('a second tap on Todo changes nothing and says so', async () => {
  bot.user.say('Fix the login')
  const card = await bot.user.nextMessage('WEB-1')
  bot.user.tap('Todo', card)
  await bot.user.nextAnswer()

  bot.user.tapData(
    card.reply_markup?.inline_keyboard[0]?.[0] && 'callback_data' in card.reply_markup.inline_keyboard[0][0]
      ? (card.reply_markup.inline_keyboard[0][0].callback_data as string)
      : '',
    card,
  )
  const answer = await bot.user.nextAnswer()

  expect(JSON.stringify(answer)).toContain('it is like that already')
})
