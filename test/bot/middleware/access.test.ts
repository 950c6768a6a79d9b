import { afterEach, describe, expect, test } from 'vitest'
import { botState, strangers, tasks } from '../../../src/db/schema.ts'
import { listSecurityEvents } from '../../../src/domain/access/security.ts'
import { readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { type VirtualUser, virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { openPlayground } from '../../../src/playground/playground.ts'
import { inlineQuery } from '../../../src/playground/world/inline.ts'
import { unbindChat } from '../../../src/telegram/store/chat-binding.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'

let bot: TestBot

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const strangersOf = (test: TestBot) => test.db.select().from(strangers)

const boundUser = async () => (await readOwnerSettings(bot.scope)).userId
const codeIn = (link: string | null) =>
  /^https:\/\/t\.me\/\w+\?start=([\w-]{22})$/.exec(link ?? '')?.[1] ?? ''
/** Returns whether the bot has sent anything to anyone. */
const isSilent = () => bot.world.calls.every((call) => !/^send/i.test(call.method))
const answersTo = (user: VirtualUser) => user.messages().filter((message) => message.from?.is_bot)
const random = { SETUP_CODE: '' }

describe('binding', () => {
  test('the person who opens the link with SETUP_CODE becomes the owner', async () => {
    bot = await openTestBot({ ready: false })

    bot.user.open(bot.setupCode)
    await bot.handled()

    expect(await readOwnerSettings(bot.scope)).toMatchObject({
      chatId: bot.user.chatId,
      userId: bot.user.userId,
    })
  })

  test('without SETUP_CODE, the link has 128 random bits, of which only a hash is stored', async () => {
    bot = await openTestBot({ ready: false, env: random })
    const code = codeIn(await bot.link())
    const another = codeIn(await bot.link())

    const states = JSON.stringify(await bot.db.select().from(botState))
    bot.user.open(another)
    await bot.user.nextMessage()

    expect(Buffer.from(another, 'base64url')).toHaveLength(16)
    expect(another).not.toBe(code)
    expect(states).toContain('"setup_code"')
    expect(states).not.toContain(another)
    expect(bot.lines.join('')).not.toContain(another)
    expect(await boundUser()).toBe(bot.user.userId)
    expect(await bot.link()).toBeNull()
  })

  test.each([
    ['a second less than an hour old still binds', 3_599_000, true],
    ['an hour old no longer binds', 3_600_000, false],
    ['a second more than an hour old does not bind', 3_601_000, false],
  ])('a link that is %s', async (_title, ms, binds) => {
    let now = new Date()
    bot = await openTestBot({ ready: false, env: random, now: () => now })
    const code = codeIn(await bot.link())

    now = new Date(now.getTime() + ms)
    bot.user.open(code)
    await bot.handled()

    expect(await boundUser()).toBe(binds ? bot.user.userId : null)
    expect(isSilent()).toBe(!binds)
    expect(bot.lines.some((line) => line.includes('used or expired; for a new one: npm run link'))).toBe(
      !binds,
    )
  })

  test('a newer link invalidates the one before it', async () => {
    bot = await openTestBot({ ready: false, env: random })
    const before = codeIn(await bot.link())
    await bot.link()

    bot.user.open(before)
    await bot.handled()

    expect(await boundUser()).toBeNull()
  })

  test.each([
    ['a random code', random],
    ['SETUP_CODE', {}],
  ])('%s that was used links nobody, even after the bot is unlinked', async (_what, env) => {
    bot = await openTestBot({ ready: false, env })
    const code = env === random ? codeIn(await bot.link()) : bot.setupCode
    bot.user.open(code)
    await bot.user.nextMessage()
    await unbindChat(bot.ctx)
    await bot.restart()
    const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    stranger.open(code)
    bot.user.open(code)
    await bot.handled()

    expect(await boundUser()).toBeNull()
    expect(answersTo(stranger)).toEqual([])
  })

  test('a code that two people send at once links one of them', async () => {
    bot = await openTestBot({ ready: false, env: random })
    const code = codeIn(await bot.link())
    const eve = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    eve.open(code)
    bot.user.open(code)
    await bot.handled()

    const [winner, loser] = (await boundUser()) === eve.userId ? [eve, bot.user] : [bot.user, eve]
    expect(await boundUser()).toBe(winner.userId)
    expect(answersTo(winner)).not.toEqual([])
    expect(answersTo(loser)).toEqual([])
  })

  test('a link with SETUP_CODE is printed until it is used', async () => {
    bot = await openTestBot({ ready: false })
    const before = await bot.link()
    bot.user.open(bot.setupCode)
    await bot.user.nextMessage()
    await unbindChat(bot.ctx)

    const after = await bot.link()

    expect(before).toContain(`?start=${bot.setupCode}`)
    expect(after).toBeNull()
    expect(bot.lines.join('')).toContain('SETUP_CODE is used up; for a new link: npm run link')
  })

  test('a wrong code links nobody and gets no answer', async () => {
    bot = await openTestBot({ ready: false })

    bot.user.open('wrong-code')
    await bot.handled()

    expect(await boundUser()).toBeNull()
    expect(isSilent()).toBe(true)
    expect(await strangersOf(bot)).toHaveLength(1)
  })

  test('the owner’s messages before linking don’t count as a stranger’s', async () => {
    bot = await openTestBot({ ready: false })
    const eve = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })
    bot.user.sendText('/start')
    eve.sendText('/start')
    await bot.handled()
    bot.user.open(bot.setupCode)
    await bot.user.nextMessage()

    expect((await strangersOf(bot)).map(({ userId }) => userId)).toEqual([eve.userId])
  })

  test('the code of a bot with an owner links nobody else', async () => {
    bot = await openTestBot()
    const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    stranger.open(bot.setupCode)
    await bot.handled()

    expect(await boundUser()).toBe(bot.user.userId)
    expect(stranger.messages().filter((message) => message.from?.is_bot)).toEqual([])
  })
})

describe('another bot on the same database', () => {
  test('accepts updates with the first one’s IDs, and a code used with the first links nobody', async () => {
    bot = await openTestBot({
      playground: { firstUpdateId: 1 },
      ready: false,
      env: random,
      updates: 'polling',
    })
    const code = codeIn(await bot.link())
    bot.user.open(code)
    await bot.user.nextMessage('', { within: 30_000 })
    await bot.handled()
    const other = await openPlayground({
      firstUpdateId: 1,
      botToken: '2000000002:AAanother-token-for-tests_000000000',
    })
    try {
      await bot.restart({ BOT_TOKEN: other.token, TELEGRAM_API_ROOT: other.url })
      const eve = virtualUser(other.world, { userId: 2002, firstName: 'Eve' })
      const owner = virtualUser(other.world)
      eve.open(code)
      await owner.settled({ within: 30_000 })
      const afterCode = await boundUser()

      owner.open(codeIn(await bot.link()))
      await owner.nextMessage('', { within: 30_000 })

      expect(afterCode).toBeNull()
      expect(await boundUser()).toBe(owner.userId)
      expect(eve.messages().filter((message) => message.from?.is_bot)).toEqual([])
    } finally {
      await bot.restart()
      await other.close()
    }
  })
})

describe('OWNER_TELEGRAM_ID', () => {
  const events = async () =>
    (await listSecurityEvents(bot.scope, { limit: 10 })).entries.map(({ eventType, detail }) => ({
      eventType,
      userId: detail?.userId,
      unbound: detail?.unbound ?? false,
    }))

  test('keeps everyone else from linking, even with the code', async () => {
    bot = await openTestBot({ ready: false, env: { OWNER_TELEGRAM_ID: '4711' } })

    bot.user.open(bot.setupCode)
    await bot.handled()

    expect(await boundUser()).toBeNull()
  })

  test('of someone else unlinks the bot at startup and records a security event', async () => {
    bot = await openTestBot()

    await bot.restart({ OWNER_TELEGRAM_ID: '4711' })

    expect(await boundUser()).toBeNull()
    expect((await events())[0]).toEqual({
      eventType: 'chat.bind',
      userId: bot.user.userId,
      unbound: true,
    })
  })

  test('evicts a faster thief: the owner’s new link works, and a security event says so', async () => {
    bot = await openTestBot({ ready: false, env: random })
    const thief = virtualUser(bot.world, { userId: 2002, firstName: 'Mal' })
    const code = codeIn(await bot.link())
    thief.open(code)
    // Webhooks of two chats may arrive in either order.
    await bot.handled()
    bot.user.open(code)
    await bot.handled()
    expect(await boundUser()).toBe(thief.userId)

    await bot.restart({ OWNER_TELEGRAM_ID: String(bot.user.userId) })
    const link = codeIn(await bot.link())
    bot.world.calls.length = 0
    thief.sendText('Mine!')
    thief.open(link)
    await bot.handled()
    const toThief = bot.world.calls.filter(({ method }) => /^send/i.test(method))
    bot.user.open(link)
    await bot.user.nextMessage('', { within: 30_000 })

    expect(toThief).toEqual([])
    expect(await boundUser()).toBe(bot.user.userId)
    const bindings = (await events()).filter(({ eventType }) => eventType === 'chat.bind')
    expect(bindings).toEqual([
      { eventType: 'chat.bind', userId: bot.user.userId, unbound: false },
      { eventType: 'chat.bind', userId: thief.userId, unbound: true },
      { eventType: 'chat.bind', userId: thief.userId, unbound: false },
    ])
  })

  test('of the owner changes nothing at startup', async () => {
    bot = await openTestBot()
    const before = await events()

    await bot.restart({ OWNER_TELEGRAM_ID: String(bot.user.userId) })

    expect(await boundUser()).toBe(bot.user.userId)
    expect(await events()).toEqual(before)
  })
})

describe('a stranger', () => {
  test('who writes a message changes nothing, gets no answer, and is recorded', async () => {
    bot = await openTestBot()
    const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    stranger.sendText('Delete everything !high')
    await bot.handled()

    expect(await bot.db.select().from(tasks)).toEqual([])
    expect(stranger.messages().filter((message) => message.from?.is_bot)).toEqual([])
    expect(await strangersOf(bot)).toHaveLength(1)
  })

  test('who taps a button in the owner’s group is told so, and nothing changes', async () => {
    bot = await openTestBot()
    bot.user.sendText('Fix the login')
    const card = await bot.user.nextMessage('WEB-1')
    const stranger = virtualUser(bot.world, { userId: 2002, chatId: bot.user.chatId, firstName: 'Eve' })

    stranger.tap('Todo', card)
    const { text } = await stranger.nextAnswer()
    await bot.handled()

    expect(text).toContain('Only the owner')
    const [task] = await bot.db.select().from(tasks)
    expect(task?.status).toBe('inbox')
    expect(await strangersOf(bot)).toHaveLength(1)
  })

  test('who asks inline sees nothing', async () => {
    bot = await openTestBot()
    const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    inlineQuery(bot.world, { ...stranger, query: 'login' })
    await bot.handled()

    expect(bot.world.calls.filter(({ method }) => method === 'answerInlineQuery')).toEqual([])
    expect(await strangersOf(bot)).toHaveLength(1)
  })
})

test('an answer to a tap that is lost on the way is sent again', async () => {
  bot = await openTestBot()
  bot.user.sendText('Fix the login')
  const card = await bot.user.nextMessage('WEB-1')
  bot.world.faults.add({ kind: 'lost-before', method: 'answerCallbackQuery' })

  bot.user.tap('Todo', card)
  const { text } = await bot.user.nextAnswer()

  expect(text).toBe('WEB-1 → Todo.')
})
