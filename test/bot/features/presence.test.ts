import { afterEach, describe, expect, test } from 'vitest'
import { listSecurityEvents } from '../../../src/domain/access/security.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { setBotStatus } from '../../../src/playground/world/membership.ts'
import { pushUpdate, unixTime } from '../../../src/playground/world/posting.ts'
import { addPerson, addSupergroup } from '../../../src/playground/world/world.ts'
import { addTokens, agent } from '../../support/board.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { addTasks } from '../../support/chat.ts'

let bot: TestBot

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const menuCalls = () => bot.world.calls.filter((call) => call.method.toLowerCase() === 'setmycommands')

test('the command menu is published to the owner’s chat once, and not again after a restart', async () => {
  bot = await openTestBot()
  bot.user.sendText('/help')
  await bot.user.nextMessage('Shorthand')
  await bot.handled()
  await bot.restart()
  bot.user.sendText('/help')
  await bot.user.nextMessage('Shorthand')
  await bot.handled()

  expect(menuCalls()).toHaveLength(1)
  expect(menuCalls()[0]?.params).toMatchObject({ scope: { type: 'chat', chat_id: bot.user.chatId } })
  expect(menuCalls()[0]?.params.commands).toHaveLength(12)
})

test('messages after a block are handled as before', async () => {
  bot = await openTestBot()
  bot.user.block()
  await bot.handled()
  bot.user.unblock()
  await bot.handled()

  bot.user.sendText('Buy tea')
  await bot.user.nextMessage('WEB-1')

  expect(await listTasks(bot.scope, {})).toHaveLength(1)
})

const health = async () => {
  const answer = await fetch(`${bot.url()}/api/health`)
  const { ok, checks } = (await answer.json()) as { ok: boolean; checks: Record<string, unknown> }
  return { status: answer.status, ok, stopped: checks.stopped }
}

const blockTask = async () => {
  const [task] = await addTasks(bot, [{ title: 'Buy tea' }])
  await addTokens(bot.db, bot.scope.ownerId, [agent])
  const laptop = createCtx({ db: bot.db, ownerId: bot.scope.ownerId, actor: agent, now: () => new Date() })
  await editTask(laptop, task?.key ?? '', { lifecycle: 'block', result: { blockedReason: 'no tea left' } })
}

test('while the owner blocks the bot, health says so, and waiting messages are sent after the unblock', async () => {
  bot = await openTestBot()
  bot.user.block()
  await bot.handled()

  await blockTask()

  await expect.poll(health, { timeout: 15_000 }).toMatchObject({
    status: 503,
    ok: false,
    stopped: { reason: expect.stringContaining('bot was blocked by the user') },
  })
  bot.user.unblock()
  await bot.user.nextMessage('no tea left', { within: 15_000 })
  await expect.poll(health, { timeout: 15_000 }).toEqual({ status: 200, ok: true, stopped: null })
}, 60_000)

describe('while Telegram rejects the token', () => {
  const revoked = { status: 503, ok: false, stopped: { reason: 'Unauthorized', since: expect.any(String) } }
  const newToken = '1000000001:BBanother-token-that-must-not-be-logged_00'
  const begin = async (updates?: 'polling') => {
    bot = await openTestBot(updates === undefined ? {} : { updates })
    bot.user.sendText('/inbox')
    await bot.user.nextMessage('inbox is empty')
    await bot.handled()
  }
  const mentionsOfTea = () => bot.user.messages().filter(({ text }) => text?.includes('no tea left'))

  test('health and the log say so, and waiting messages are sent once it is accepted again', async () => {
    await begin('polling')
    const { token } = bot.world.bot
    bot.world.bot.token = newToken
    // The pending long poll was accepted before; the next one isn't.
    bot.user.sendText('Buy coffee')
    await blockTask()

    await expect.poll(health, { timeout: 15_000 }).toMatchObject(revoked)
    const line = () => bot.lines.filter((one) => one.includes('Unauthorized')).join('')
    await expect.poll(line, { timeout: 15_000 }).toContain("Telegram doesn't accept messages; keeping them")
    await expect.poll(line, { timeout: 15_000 }).toContain("Telegram doesn't accept this bot token")
    expect(line()).not.toContain(token)

    bot.world.bot.token = token
    // They may arrive in any order.
    const sentTexts = () => bot.user.messages().map(({ text }) => text)
    await expect.poll(sentTexts, { timeout: 30_000 }).toContainEqual(expect.stringMatching(/no tea left/))
    await expect
      .poll(sentTexts, { timeout: 15_000 })
      .toContainEqual(expect.stringMatching(/WEB-. Buy coffee/))
    await expect.poll(health, { timeout: 15_000 }).toEqual({ status: 200, ok: true, stopped: null })
    expect(mentionsOfTea()).toHaveLength(1)
    expect(await listTasks(bot.scope, {})).toHaveLength(2)
  }, 90_000)

  test('waiting messages are sent to the same owner after a start with a new token', async () => {
    await begin()
    bot.world.bot.token = newToken
    await blockTask()
    await expect.poll(health, { timeout: 15_000 }).toMatchObject(revoked)

    await bot.restart({ BOT_TOKEN: newToken })

    await bot.user.nextMessage('no tea left', { within: 30_000 })
    await expect.poll(health, { timeout: 15_000 }).toEqual({ status: 200, ok: true, stopped: null })
    expect(mentionsOfTea()).toHaveLength(1)
  }, 90_000)
})

test('the owner’s group stays linked when it becomes a supergroup, no matter who upgraded it', async () => {
  bot = await openTestBot({ ready: false })
  const owner = bot.user.userId
  const group = addSupergroup(bot.world, { title: 'Board', members: [owner] })
  const inGroup = virtualUser(bot.world, { chatId: group.chat.id })
  inGroup.sendText(`/start ${bot.setupCode}`)
  await inGroup.nextMessage("What's your time zone?")
  await bot.handled()
  const moved = addSupergroup(bot.world, { title: 'Board', members: [owner] })
  const eve = { id: 2002, is_bot: false, first_name: 'Eve' }

  pushUpdate(
    bot.world,
    'message',
    {
      message_id: 9_001,
      date: unixTime(bot.world),
      chat: group.chat,
      from: eve,
      migrate_to_chat_id: moved.chat.id,
    },
    { chatId: group.chat.id, userId: eve.id },
  )
  await bot.handled()

  expect((await readOwnerSettings(bot.scope)).chatId).toBe(moved.chat.id)
})

test('the bot’s removal from its group by someone else isn’t reported as an attack', async () => {
  bot = await openTestBot({ ready: false })
  addPerson(bot.world, { id: 2002, firstName: 'Eve' })
  const group = addSupergroup(bot.world, { title: 'Board', members: [bot.user.userId, 2002] })
  const inGroup = virtualUser(bot.world, { chatId: group.chat.id })
  inGroup.sendText(`/start ${bot.setupCode}`)
  await inGroup.nextMessage("What's your time zone?")

  setBotStatus(bot.world, { userId: 2002, chatId: group.chat.id, status: 'kicked' })
  await bot.handled()

  const { entries } = await listSecurityEvents(bot.scope, { limit: 10 })
  expect(entries.map((event) => event.eventType)).toEqual(['chat.bind'])
})

test('a link to a task opens its card', async () => {
  bot = await openTestBot()
  await addTasks(bot, [{ title: 'Buy tea' }])

  bot.user.open('t_WEB-1')

  expect((await bot.user.nextMessage()).text).toContain('Buy tea')
})

test('/new creates a task from its text, or asks for the text and project', async () => {
  bot = await openTestBot()
  bot.user.sendText('/new Buy tea !high')
  await bot.user.nextMessage('WEB-1')
  bot.user.sendText('/new')
  bot.user.reply(await bot.user.nextMessage('What needs doing?'), 'Drink it')
  await bot.user.nextMessage('WEB-2')
  bot.user.tap('Highest')
  await bot.user.nextEdit('Highest')
  await bot.handled()

  expect(await listTasks(bot.scope, {})).toMatchObject([
    { title: 'Buy tea', priority: 'high' },
    { title: 'Drink it', priority: 'highest' },
  ])
})
