import { beforeEach, describe, expect, test } from 'vitest'
import { strangers as strangersTable } from '../../../src/db/schema.ts'
import { readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { listWorkLogs } from '../../../src/domain/tasks/work-logs.ts'
import { type VirtualUser, virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { addTopic, removeTopic, upgradeGroup } from '../../../src/playground/world/membership.ts'
import { postAsPerson } from '../../../src/playground/world/person.ts'
import { addSupergroup, type Room } from '../../../src/playground/world/world.ts'
import { bindChat, unbindChat } from '../../../src/telegram/store/chat-binding.ts'
import { connectAgent } from '../../support/agent.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot
let room: Room
let user: VirtualUser
let anna: VirtualUser

const bind = async (chatId: number) => {
  await unbindChat(bot.ctx)
  await bindChat(bot.ctx, { chatId, userId: bot.user.userId })
}

beforeEach(async () => {
  bot = getBot()
  room = addSupergroup(bot.world, { title: 'Team', members: [bot.user.userId] })
  user = virtualUser(bot.world, { userId: bot.user.userId, chatId: room.chat.id })
  anna = virtualUser(bot.world, { userId: 3003, chatId: room.chat.id, firstName: 'Anna' })
  await bind(room.chat.id)
})

const tasks = () => listTasks(bot.scope, {})
const strangers = async () =>
  (await bot.db.select().from(strangersTable)).reduce((sum, { updates }) => sum + updates, 0)
const name = () => `@${bot.world.bot.user.username}`
const callsAbout = (words: string) =>
  bot.world.calls.filter(
    ({ method, params }) => /^(?:send|edit)/.test(method) && JSON.stringify(params).includes(words),
  )
const isSilent = () => bot.world.calls.every(({ method }) => !/^send/i.test(method))

describe('the owner as an anonymous admin', () => {
  test('is told why once, isn’t obeyed, and isn’t counted as a stranger', async () => {
    const before = await strangers()
    user.sendText('/inbox', { as: 'group' })
    const notified = await user.nextMessage('Remain anonymous')
    user.sendText('Fix the login', { as: 'group' })
    await bot.handled()

    expect(user.lastMessage().message_id).toBe(notified.message_id)
    expect(await tasks()).toEqual([])
    expect(await strangers()).toBe(before)
  })

  test('is a problem in /doctor until they write under their own name', async () => {
    user.sendText('/doctor')
    const card = await user.nextMessage('Bot token')
    expect(card.text).not.toContain('you post as the group')

    user.sendText('Lunch?', { as: 'group' })
    user.tap('Check again', card)
    expect((await user.nextEdit('Chat')).text).toMatch(/Chat: you post as the group\.\n.*Remain anonymous/)

    user.sendText('Fix the login')
    await user.nextMessage('WEB-1')
    user.tap('Check again', card)
    expect((await user.nextEdit('Chat')).text).not.toContain('you post as the group')
  })
})

describe('the owner in another chat', () => {
  test('is told once where the board is, and isn’t counted as a stranger', async () => {
    const before = await strangers()
    bot.user.open('t_WEB-1')
    await bot.user.nextMessage('Your board is in the group “Team”')
    bot.user.sendText('Buy a domain')
    await bot.handled()

    expect(await tasks()).toEqual([])
    expect(await strangers()).toBe(before)
  })
})

describe('a member of the owner’s group', () => {
  test('who talks, joins or posts through the linked channel is neither a stranger nor a task', async () => {
    const before = await strangers()
    const { chatId } = anna
    anna.sendText('Lunch?')
    anna.edit(anna.sendText('Lnch'), 'Lunch')
    anna.send({ location: { latitude: 1, longitude: 1 } })
    postAsPerson(bot.world, { userId: 3003, chatId }, { new_chat_members: [bot.world.owner.user] })
    const channel = { id: -1009, type: 'channel', title: 'News' } as const
    anna.sendText('A post', { as: channel })
    postAsPerson(
      bot.world,
      { userId: 3003, chatId, as: channel },
      { text: 'A post', is_automatic_forward: true },
    )
    await bot.handled()

    expect(await strangers()).toBe(before)
    expect(await tasks()).toEqual([])
    expect(isSilent()).toBe(true)
  })

  test('who sends a command, mentions the bot or replies to it counts as a stranger', async () => {
    user.sendText('Fix the login')
    const card = await user.nextMessage('WEB-1')
    const before = await strangers()
    anna.sendText('/inbox')
    anna.sendText(`${name()} delete everything`)
    anna.reply(card, 'me too')
    await bot.handled()

    expect(await strangers()).toBe(before + 3)
    expect(await tasks()).toHaveLength(1)
  })
})

describe('a topic of a private chat', () => {
  test('is where its messages are answered', async () => {
    await bind(bot.user.chatId)
    const chat = bot.world.rooms.get(bot.user.chatId) as Room
    const { threadId } = addTopic(bot.world, chat, bot.world.owner.user, 'Ideas')
    bot.user.sendText('Fix the login', { threadId })
    const card = await bot.user.nextMessage('WEB-1')
    bot.user.sendText('/inbox', { threadId })
    const deck = await bot.user.nextMessage('1 of 1')

    expect([card.message_thread_id, deck.message_thread_id]).toEqual([threadId, threadId])
    bot.user.sendText('Another thought')
    expect((await bot.user.nextMessage('WEB-2')).message_thread_id).toBeUndefined()

    removeTopic(bot.world, { userId: bot.user.userId, chatId: chat.chat.id, threadId })
    postAsPerson(bot.world, { userId: bot.user.userId, threadId }, { text: 'In a topic that is gone' })
    expect((await bot.user.nextMessage('WEB-3')).message_thread_id).toBeUndefined()
  })
})

test.each([false, true])(
  'a group that becomes a supergroup is followed (new one first: %s)',
  async (newFirst) => {
    const before = await strangers()
    const upgraded = upgradeGroup(bot.world, { userId: user.userId, chatId: room.chat.id, newFirst })
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).chatId).toBe(upgraded.chat.id)
    expect(await strangers()).toBe(before)
    const there = virtualUser(bot.world, { userId: bot.user.userId, chatId: upgraded.chat.id })
    there.sendText('Fix the login')
    await there.nextMessage('WEB-1')
  },
)

test('twelve forwards in a group take two calls, and a report that needs the owner right after them arrives within 3 s', async () => {
  const agent = await connectAgent(bot)
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo' }])
  await editTask(bot.ctx, 'WEB-1', { runState: 'queued' })
  await agent.claim()
  await bot.handled()
  bot.world.limits.enabled = true
  bot.world.calls.length = 0
  try {
    for (let index = 1; index <= 12; index += 1) user.forwardForeign(`part ${index}`, { name: 'Grace' })
    await user.nextMessage('WEB-2')
    await bot.handled()
    await agent.act('WEB-1', 'block', { blockedReason: 'Which database?' })
    const asked = performance.now()
    await user.nextMessage('Which database?', { within: 10_000 })
    expect(performance.now() - asked).toBeLessThanOrEqual(3_000)

    await expect.poll(() => callsAbout('part').length, { timeout: 15_000 }).toBe(2)
    expect(bot.world.calls.filter(({ error }) => error?.description.startsWith('Too Many Requests'))).toEqual(
      [],
    )
    expect((await listWorkLogs(bot.scope, { task: 'WEB-2' }, { limit: 50 })).entries).toEqual([])
    expect(await tasks()).toHaveLength(2)
  } finally {
    bot.world.limits.enabled = false
  }
})
