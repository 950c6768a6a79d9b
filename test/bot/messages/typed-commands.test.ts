import { beforeEach, describe, expect, test } from 'vitest'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { listWorkLogs } from '../../../src/domain/tasks/work-logs.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, useBot } from '../../support/chat.ts'

const start = new Date('2026-11-28T13:10:00Z')
let now = start
const getBot = useBot({ now: () => now })
let bot: TestBot

beforeEach(() => {
  bot = getBot()
  now = start
})

const tasks = () => listTasks(bot.scope, {})
const logs = async () =>
  (await listWorkLogs(bot.scope, {}, { limit: 50 })).entries.map(({ title, detail, taskKey }) => ({
    title,
    detail,
    taskKey,
  }))
const name = () => `@${bot.world.bot.user.username}`
const photo = [{ file_id: 'P1', file_unique_id: 'P1', width: 1, height: 1 }]
const command = (text: string) => ({
  caption: text,
  caption_entities: [{ type: 'bot_command' as const, offset: 0, length: text.split(' ')[0]?.length ?? 0 }],
})
const laterBy = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}

describe('a command as a caption', () => {
  test('runs', async () => {
    await addTasks(bot, [{ title: 'Discussed' }])
    bot.user.send({ photo, ...command('/INBOX') })
    await bot.user.nextMessage('1 of 1')
    expect(await tasks()).toHaveLength(1)
  })

  test('logs with its picture', async () => {
    await addTasks(bot, [{ title: 'Discussed' }])
    bot.user.send({ photo, ...command('/log WEB-1 Deployed to prod') })
    await bot.user.nextMessage('Deployed to prod')
    expect(await logs()).toEqual([
      { title: 'Deployed to prod', detail: '[photo](tg-photo:P1)', taskKey: 'WEB-1' },
    ])
  })

  test('that is unknown is the picture’s text', async () => {
    bot.user.send({ photo, ...command('/deploy failed') })
    await bot.user.nextMessage('WEB-1')
    expect(await requireTask(bot.scope, 'WEB-1')).toMatchObject({
      title: '/deploy failed',
      note: '[photo](tg-photo:P1)',
    })
  })
})

describe('an edit that corrects a command', () => {
  test('of the newest message runs it', async () => {
    const sentTexts = bot.user.sendText('/inbx')
    await bot.user.nextMessage('/inbox')
    bot.user.edit(sentTexts, '/inbox')
    await bot.user.nextMessage('inbox')
    expect(await tasks()).toEqual([])
  })

  test.each([
    ['299 seconds later still runs it', 299, true],
    ['300 seconds later no longer runs it', 300, false],
    ['301 seconds later no longer runs it', 301, false],
  ])('%s', async (_title, seconds, runs) => {
    const sentTexts = bot.user.sendText('/logg Deployed')
    await bot.handled()
    laterBy(seconds)
    bot.user.edit(sentTexts, '/log Deployed')
    await bot.user.nextMessage(runs ? 'Deployed' : 'within 5 minutes')
    expect(await logs()).toHaveLength(runs ? 1 : 0)
  })

  test('of an older message says that it’s too late', async () => {
    const sentTexts = bot.user.sendText('/logg Deployed')
    bot.user.sendText('Another thought')
    await bot.user.nextMessage('WEB-1')
    bot.user.edit(sentTexts, '/log Deployed')
    await bot.user.nextMessage('on your newest message')
    expect(await logs()).toEqual([])
  })

  test('that has already run doesn’t run again, and says so', async () => {
    const sentTexts = bot.user.sendText('/log Deploed')
    await bot.user.nextMessage('Deploed')
    bot.user.edit(sentTexts, '/log Deployed')
    await bot.user.nextMessage('as you first sent it')
    expect(await logs()).toHaveLength(1)
  })

  test('puts no command name into a task’s title', async () => {
    const sentTexts = bot.user.sendText('inbox')
    await bot.user.nextMessage('WEB-1')
    bot.user.edit(sentTexts, '/inbox')
    await bot.user.nextMessage('as you first sent it')
    expect((await requireTask(bot.scope, 'WEB-1')).title).toBe('inbox')
  })
})

describe('text that someone else wrote', () => {
  const grace = { name: 'Grace Hopper' }

  test.each(['/undo', '/inbox', 'WEB-1 done', '/cancel', '/start t_WEB-1'])(
    'never runs: %s',
    async (text) => {
      await addTasks(bot, [{ title: 'Discussed' }])
      bot.user.forwardForeign(text, grace)
      await bot.user.nextMessage('WEB-2')
      expect(await requireTask(bot.scope, 'WEB-2')).toMatchObject({ title: text })
      expect(await requireTask(bot.scope, 'WEB-1')).toMatchObject({ status: 'inbox' })
    },
  )

  test('through another bot never runs', async () => {
    const via = { id: 9, is_bot: true, first_name: 'Wiki', username: 'wiki' }
    const entities = [{ type: 'bot_command' as const, offset: 0, length: 5 }]
    bot.user.send({ text: '/undo all', entities, via_bot: via })
    await bot.user.nextMessage('WEB-1')
    expect((await requireTask(bot.scope, 'WEB-1')).title).toBe('/undo all')
  })
})

describe('the bot’s name', () => {
  test('at the start isn’t part of a task', async () => {
    bot.user.sendText(`${name()} fix the login !high`)
    await bot.user.nextMessage('WEB-1')
    expect(await requireTask(bot.scope, 'WEB-1')).toMatchObject({ title: 'fix the login', priority: 'high' })
  })

  test('as a mention without a username isn’t part of it either', async () => {
    const entities = [{ type: 'text_mention' as const, offset: 0, length: 3, user: bot.world.bot.user }]
    bot.user.sendText('Bot, fix the login', { entities })
    await bot.user.nextMessage('WEB-1')
    expect((await requireTask(bot.scope, 'WEB-1')).title).toBe('fix the login')
  })

  test('before or after a command leaves the command', async () => {
    await addTasks(bot, [{ title: 'Discussed' }])
    bot.user.sendText(`${name()} /inbox`)
    await bot.user.nextMessage('1 of 1')
    bot.user.sendText(`/inbox${name()}`)
    await bot.user.nextMessage('1 of 1')
    bot.user.sendText(`${name()}: WEB-1 done`)
    await bot.user.nextMessage('WEB-1')
    expect(await tasks()).toMatchObject([{ status: 'done' }])
  })

  test('elsewhere in the text stays', async () => {
    bot.user.sendText(`Tell ${name()} about it`)
    await bot.user.nextMessage('WEB-1')
    expect((await requireTask(bot.scope, 'WEB-1')).title).toBe(`Tell ${name()} about it`)
  })

  test('that changed while the bot was running is requested once a minute', async () => {
    const checks = () => bot.world.calls.filter(({ method }) => method === 'getMe').length
    const renamed = 'renamed_bot'
    const { user } = bot.world.bot
    laterBy(120)
    bot.user.sendText(`/inbox@${renamed}`)
    await bot.user.nextMessage('not for me')
    bot.user.sendText(`/inbox@${renamed}`)
    await bot.user.nextMessage('not for me')
    expect(checks()).toBe(1)

    Object.assign(bot.world.bot, { user: { ...user, username: renamed } })
    laterBy(61)
    bot.user.sendText(`/inbox@${renamed}`)
    await bot.user.nextMessage(/inbox/i)
    bot.user.sendText(`@${renamed} fix the login`)
    await bot.user.nextMessage('WEB-1')
    expect((await requireTask(bot.scope, 'WEB-1')).title).toBe('fix the login')
    Object.assign(bot.world.bot, { user })
  })
})
