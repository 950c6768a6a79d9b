import { eq } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { botUpdates, securityEvents, strangers } from '../../../src/db/schema.ts'
import { type VirtualUser, virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { setBotStatus } from '../../../src/playground/world/membership.ts'
import { addSupergroup } from '../../../src/playground/world/world.ts'
import { bindChat, unbindChat } from '../../../src/telegram/store/chat-binding.ts'
import { openTestBot, type TestBot, type TestBotOptions } from '../../support/bot.ts'

let bot: TestBot
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const ways = [{ updates: 'polling' }, { updates: 'webhook' }] as const
const meet = (userId = 2002, chatId?: number): VirtualUser =>
  virtualUser(bot.world, { userId, firstName: 'Eve', ...(chatId === undefined ? {} : { chatId }) })
const groupWith = (...members: number[]) =>
  addSupergroup(bot.world, { title: 'Elsewhere', members, botStatus: 'member' })
/** Opens a bot that is linked to its owner's group. */
const openInGroup = async (options: TestBotOptions = {}) => {
  bot = await openTestBot(options)
  const group = addSupergroup(bot.world, { title: 'Team', members: [bot.user.userId] })
  await unbindChat(bot.ctx)
  await bindChat(bot.ctx, { chatId: group.chat.id, userId: bot.user.userId })
  return virtualUser(bot.world, { userId: bot.user.userId, chatId: group.chat.id })
}
const stored = async () =>
  (await bot.db.select().from(botUpdates)).map(({ update }) => JSON.stringify(update))
const textsIn = (user: VirtualUser) =>
  user.messages().flatMap((message) => (message.from?.is_bot ? (message.text ?? '') : []))
const left = () =>
  bot.world.calls.flatMap(({ method, params }) => (method === 'leaveChat' ? params.chat_id : []))

// FLOOD=5000 runs it at full length.
const flood = Number(process.env.FLOOD ?? 300)

test.each(ways)(
  `${flood} messages from a stranger by $updates are counted and don’t delay the owner`,
  async (way) => {
    bot = await openTestBot(way)
    const eve = meet()
    for (let index = 0; index < flood; index += 1) eve.sendText(`secret ${index}`)
    bot.user.sendText('Fix the login')
    await bot.user.nextMessage('WEB-1', { within: 30_000 })
    await bot.handled()

    bot.user.sendText('/security')
    const { text } = await bot.user.nextMessage('Security', { within: 30_000 })

    expect((await stored()).filter((update) => update.includes('secret'))).toEqual([])
    expect(await bot.db.select().from(strangers)).toMatchObject([{ userId: eve.userId, updates: flood }])
    expect(text).toContain('Ignored a message from user 2002')
    const events = await bot.db
      .select()
      .from(securityEvents)
      .where(eq(securityEvents.eventType, 'chat.stranger'))
    expect(events.reduce((sum, { detail }) => sum + Number(detail?.count), 0)).toBe(flood)
    // One per minute.
    expect(events.length).toBeLessThanOrEqual(3)
    expect(textsIn(eve)).toEqual([])
  },
  60_000,
)

test.each(ways)('by $updates, the bot silently leaves a group that isn’t the owner’s', async (way) => {
  bot = await openTestBot(way)
  const group = groupWith(2002, bot.user.userId)
  const eve = meet(2002, group.chat.id)

  eve.sendText('Hello bot')
  await bot.handled()

  expect(group.botStatus).toBe('left')
  expect(textsIn(eve)).toEqual([])
  expect((await stored()).filter((update) => update.includes('Hello bot'))).toEqual([])
})

test('the bot silently leaves a group to which a stranger adds it', async () => {
  bot = await openTestBot()
  const group = groupWith(meet().userId)
  group.botStatus = 'left'

  setBotStatus(bot.world, { userId: 2002, chatId: group.chat.id, status: 'member' })
  await bot.handled()

  expect(left()).toEqual([group.chat.id])
  expect(bot.world.calls.filter(({ method }) => method === 'sendMessage')).toEqual([])
})

test('while the bot has no owner, it leaves no group, because the link may be opened there', async () => {
  bot = await openTestBot({ ready: false })
  const group = groupWith(bot.user.userId)
  const owner = virtualUser(bot.world, { userId: bot.user.userId, chatId: group.chat.id })

  owner.sendText('hello')
  owner.sendText(`/start ${bot.setupCode}`)
  await owner.nextMessage()

  expect(left()).toEqual([])
})

test('someone who writes in the group right after the owner opens the link there isn’t obeyed', async () => {
  // Both arrive in one response of Telegram's, so both are stored before there is an owner.
  bot = await openTestBot({ ready: false, updates: 'polling' })
  const group = groupWith(bot.user.userId, 2002)
  const owner = virtualUser(bot.world, { userId: bot.user.userId, chatId: group.chat.id })
  const eve = meet(2002, group.chat.id)

  owner.sendText(`/start ${bot.setupCode}`)
  eve.sendText('/start again')
  await bot.handled()

  expect(await stored()).toHaveLength(2)
  expect(await bot.db.select().from(strangers)).toMatchObject([{ userId: 2002, updates: 1 }])
  expect(textsIn(owner)).toHaveLength(1)
})

test.each([
  [19, 19],
  [20, 20],
  [21, 21],
  [30, 21],
])('%d strangers at once are recorded as %d security events', async (count, events) => {
  bot = await openTestBot()
  for (let number = 0; number < count; number += 1) meet(3000 + number).sendText('Hello')
  await bot.handled()

  bot.user.sendText('/security')
  await bot.user.nextMessage('Security')

  const reported = await bot.db
    .select()
    .from(securityEvents)
    .where(eq(securityEvents.eventType, 'chat.stranger'))
  expect(reported).toHaveLength(events)
  expect(reported.reduce((sum, { detail }) => sum + Number(detail?.count), 0)).toBe(count)
  expect(reported.filter(({ detail }) => detail?.users !== undefined)).toHaveLength(count > 20 ? 1 : 0)
})

test('a stranger’s taps in the owner’s group are answered and counted, but not stored', async () => {
  const owner = await openInGroup()
  owner.sendText('Fix the login')
  const card = await owner.nextMessage('WEB-1')
  const eve = meet(2002, owner.chatId)

  for (let tap = 0; tap < 5; tap += 1) eve.tap('Todo', card)
  await eve.nextAnswer()
  await bot.handled()

  const answers = bot.world.calls.filter(({ method }) => method === 'answerCallbackQuery')
  expect(answers).toHaveLength(5)
  expect((await stored()).filter((update) => update.includes('2002'))).toEqual([])
  expect(await bot.db.select().from(strangers)).toMatchObject([{ updates: 5, kind: 'callback_query' }])
})

test('the owner who writes from another chat is told once where the board is, and isn’t counted as a stranger', async () => {
  await openInGroup()

  bot.user.sendText('Fix the login')
  bot.user.sendText('Are you there?')
  await bot.handled()

  expect(textsIn(bot.user)).toEqual(['Your board is in the group “Team”. Write to me there.'])
  expect(await bot.db.$count(strangers)).toBe(0)
})

test('the owner who adds the bot to another group is told where the board is before the bot leaves', async () => {
  bot = await openTestBot()
  const group = groupWith(bot.user.userId)
  group.botStatus = 'left'

  setBotStatus(bot.world, { userId: bot.user.userId, chatId: group.chat.id, status: 'member' })
  await bot.handled()

  expect(left()).toEqual([group.chat.id])
  const there = virtualUser(bot.world, { userId: bot.user.userId, chatId: group.chat.id })
  expect(textsIn(there)).toEqual(['Your board is in our private chat. Write to me there.'])
  expect(await bot.db.$count(strangers)).toBe(0)
})
