import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { securityEvents, tasks } from '../../src/db/schema.ts'
import { readOwnerSettings } from '../../src/domain/settings.ts'
import { virtualUser } from '../../src/playground/virtual-user.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'

let bot: TestBot

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const strangersOf = (test: TestBot) =>
  test.db.select().from(securityEvents).where(eq(securityEvents.eventType, 'chat.stranger'))

describe('binding', () => {
  test('whoever opens the link with the code is the owner', async () => {
    bot = await openTestBot({ ready: false })

    bot.user.open(bot.setupCode)
    await bot.user.nextMessage()

    expect(await readOwnerSettings(bot.scope)).toMatchObject({
      chatId: bot.user.chatId,
      userId: bot.user.userId,
    })
  })

  test('a wrong code binds nobody and gets no answer', async () => {
    bot = await openTestBot({ ready: false })

    bot.user.open('wrong-code')
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).userId).toBeNull()
    expect(bot.world.calls.filter((call) => /^send/i.test(call.method))).toEqual([])
    expect(await strangersOf(bot)).toHaveLength(1)
  })

  test('a used code binds nobody else', async () => {
    bot = await openTestBot()
    const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    stranger.open(bot.setupCode)
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).userId).toBe(bot.user.userId)
    expect(stranger.messages().filter((message) => message.from?.is_bot)).toEqual([])
  })

  test('the code in the hands of another than the pinned user binds nobody', async () => {
    bot = await openTestBot({ ready: false, env: { OWNER_TELEGRAM_ID: '4711' } })

    bot.user.open(bot.setupCode)
    await bot.handled()

    expect((await readOwnerSettings(bot.scope)).userId).toBeNull()
  })
})

describe('a stranger', () => {
  test('writes a message, and nothing changes, no answer comes, and it is on record', async () => {
    bot = await openTestBot()
    const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    stranger.say('Delete everything !high')
    await bot.handled()

    expect(await bot.db.select().from(tasks)).toEqual([])
    expect(stranger.messages().filter((message) => message.from?.is_bot)).toEqual([])
    expect(await strangersOf(bot)).toHaveLength(1)
  })

  test('presses a button in the owner’s group, and is told so, while nothing changes', async () => {
    bot = await openTestBot()
    bot.user.say('Fix the login')
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

  test('asks inline, and is shown nothing', async () => {
    bot = await openTestBot()
    const stranger = virtualUser(bot.world, { userId: 2002, firstName: 'Eve' })

    const asked = stranger.inline('login').catch(() => 'no answer')
    await bot.handled()

    expect(await asked).toBe('no answer')
    expect(await strangersOf(bot)).toHaveLength(1)
  })
})

test('an answer to a tap that is lost on the way is given again', async () => {
  bot = await openTestBot()
  bot.user.say('Fix the login')
  const card = await bot.user.nextMessage('WEB-1')
  bot.world.faults.add({ kind: 'lost-before', method: 'answerCallbackQuery' })

  bot.user.tap('Todo', card)
  const { text } = await bot.user.nextAnswer()

  expect(text).toBe('WEB-1 → Todo')
})
