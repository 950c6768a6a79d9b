import { afterEach, beforeEach, expect, test } from 'vitest'
import { bindChat } from '../../src/domain/chat-binding.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { changeSettings } from '../../src/domain/settings.ts'
import { listTasks } from '../../src/domain/tasks/list.ts'
import { addTopic } from '../../src/playground/membership.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/virtual-user.ts'
import { addSupergroup } from '../../src/playground/world.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'

let bot: TestBot
let user: VirtualUser
let board: number
let lounge: number

beforeEach(async () => {
  bot = await openTestBot({ ready: false })
  const room = addSupergroup(bot.world, { title: 'Team', members: [bot.user.userId], topics: true })
  board = addTopic(bot.world, room, bot.world.owner.user, 'Board').threadId
  lounge = addTopic(bot.world, room, bot.world.owner.user, 'Lounge').threadId
  await bindChat(bot.ctx, { chatId: room.chat.id, userId: bot.user.userId, threadId: board })
  await changeSettings(bot.ctx, { timeZone: 'Europe/Berlin' })
  await createProject(bot.ctx, { key: 'WEB', name: 'Website' })
  user = virtualUser(bot.world, { userId: bot.user.userId, chatId: room.chat.id })
})
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

test('what is said in the topic that the bot is bound to becomes a task, answered there', async () => {
  user.say('Fix the login', { threadId: board })
  const card = await user.nextMessage('WEB-1')
  expect(card.message_thread_id).toBe(board)
})

test('a reply in the topic is a comment, a message that is none a task of its own', async () => {
  user.say('Fix the login', { threadId: board })
  const card = await user.nextMessage('WEB-1')
  user.reply(card, 'and the logout')
  await bot.handled()
  user.say('Another thing', { threadId: board })
  await user.nextMessage('WEB-2')
  expect(await listTasks(bot.scope, {})).toHaveLength(2)
})

test('what is said in another topic is no task, but a command works there', async () => {
  user.say('Hello everybody', { threadId: lounge })
  user.say('/due', { threadId: lounge })
  await user.nextMessage('Nothing is due')
  expect(await listTasks(bot.scope, {})).toEqual([])
})
