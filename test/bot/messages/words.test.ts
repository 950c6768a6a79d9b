import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Ctx } from '../../../src/domain/core/context.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { turnOf } from '../../../src/domain/turn.ts'
import { addSupergroup } from '../../../src/playground/world/world.ts'
import { addTokens, agent } from '../../support/board.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot
let robot: Ctx

beforeAll(async () => {
  await addTokens(getBot().db, getBot().scope.ownerId, [agent])
})

beforeEach(async () => {
  bot = getBot()
  robot = createCtx({ db: bot.db, ownerId: bot.scope.ownerId, actor: agent, now: () => new Date() })
  await changeSettings(bot.ctx, { lastProject: 'WEB' })
})

const get = (key: string) => requireTask(bot.scope, key)
const turnsOf = async (...keys: string[]) => Promise.all(keys.map(async (key) => turnOf(await get(key))))
const count = async () => (await listTasks(bot.scope, {})).length
const start = (key: string) => editTask(robot, key, { lifecycle: 'start' })
const block = async (key: string, blockedReason: string, options: readonly string[] = []) => {
  await start(key)
  await editTask(robot, key, { lifecycle: 'block', result: { blockedReason, options: [...options] } })
}

describe('a key and a verb', () => {
  test('moves the task, answers in one line, and Undo reverts it', async () => {
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo' }])

    bot.user.sendText('web-1 done')
    const answer = await bot.user.nextMessage('WEB-1 Fix the login · Done')

    expect(answer.text?.split('\n')).toHaveLength(1)
    expect((await get('WEB-1')).status).toBe('done')
    expect(await count()).toBe(1)

    bot.user.tap('↩️ Undo', answer)
    await bot.user.nextEdit('Todo')
    expect((await get('WEB-1')).status).toBe('todo')
  })

  test('works for several tasks at once, and one Undo reverts it', async () => {
    await addTasks(bot, [
      { title: 'One' },
      { title: 'Two', status: 'hold' },
      { title: 'Three', status: 'todo' },
    ])

    bot.user.sendText('queue WEB-1 WEB-2, WEB-3')
    const answer = await bot.user.nextMessage('WEB-1 One · queued for an agent')

    expect(answer.text?.split('\n')).toHaveLength(3)
    expect(await turnsOf('WEB-1', 'WEB-2', 'WEB-3')).toEqual(['queued', 'queued', 'queued'])
    expect((await get('WEB-2')).status).toBe('todo')

    bot.user.tap('↩️ Undo', answer)
    await bot.user.nextEdit('3 tasks')
    expect(await turnsOf('WEB-1', 'WEB-2', 'WEB-3')).toEqual(['new', 'parked', 'parked'])
    expect((await get('WEB-2')).status).toBe('hold')
  })

  test('a queued task that moves to Todo stays queued; Hold takes it out of the queue', async () => {
    await addTasks(bot, [{ title: 'One' }])
    bot.user.sendText('queue WEB-1')
    await bot.user.nextMessage('queued')

    bot.user.sendText('WEB-1 todo')
    await bot.user.nextMessage('nothing to change')
    expect(await turnsOf('WEB-1')).toEqual(['queued'])

    bot.user.sendText('WEB-1 hold')
    await bot.user.nextMessage('Hold · taken back')
    expect(await get('WEB-1')).toMatchObject({ status: 'hold', runState: null })
  })

  test('sets priority, date and engine, and adds a label', async () => {
    await addTasks(bot, [{ title: 'One', labels: ['old'] }])

    bot.user.sendText('WEB-1 !high ^2030-01-02 @codex #fresh')
    await bot.user.nextMessage('High · due Wed 2 Jan 2030 · Codex · #fresh')

    expect(await get('WEB-1')).toMatchObject({ priority: 'high', engine: 'codex' })
    expect((await get('WEB-1')).labels.map(({ name }) => name)).toEqual(['old', 'fresh'])
  })

  test.each([
    ['WEB-1 reopen', 'Todo', 'todo'],
    ['drop WEB-1', 'Archived', 'archived'],
    ['WEB-1 done', 'nothing to change', 'done'],
    ['WEB-1 to inbox', 'Inbox', 'inbox'],
  ])('%s', async (text, result, status) => {
    await addTasks(bot, [{ title: 'One', status: 'done' }])

    bot.user.sendText(text)
    await bot.user.nextMessage(`WEB-1 One · ${result}`)

    expect((await get('WEB-1')).status).toBe(status)
  })

  test('reports an unknown word and key, and does the rest', async () => {
    await addTasks(bot, [{ title: 'One', status: 'todo' }])

    bot.user.sendText('WEB-1 WEB-99 done !urgent')
    const { text } = await bot.user.nextMessage('WEB-1 One · Done')

    expect(text).toContain('Didn’t recognize !urgent.')
    expect(text).toContain('There’s no WEB-99.')
  })

  test('a closed task isn’t queued, and the answer says why', async () => {
    await addTasks(bot, [{ title: 'One', status: 'done' }])

    bot.user.sendText('queue WEB-1')
    await bot.user.nextMessage('WEB-1 is done. Reopen it first.')

    expect((await get('WEB-1')).runState).toBeNull()
  })

  test('the runner is notified; a task whose line isn’t delivered stays where it is', async () => {
    await addTasks(bot, [{ title: 'One', status: 'hold' }, { title: 'Two' }])
    const room = addSupergroup(bot.world, { title: 'Runners', members: [bot.user.userId] })
    await changeSettings(bot.ctx, { runner: 'openclaw', runnerChat: String(room.chat.id) })
    bot.user.sendText('queue WEB-1')
    await bot.user.nextMessage('WEB-1 One · queued')
    expect([...room.posts.values()].map(({ message }) => message.text)).toEqual([
      expect.stringContaining('dispatch implement WEB-1'),
    ])
    await changeSettings(bot.ctx, { runnerChat: '-100999' })

    bot.user.sendText('WEB-2 queue !high')
    const { text } = await bot.user.nextMessage('WEB-2')
    await changeSettings(bot.ctx, { runner: null, runnerChat: null })

    expect(text).toContain("WEB-2 wasn't queued.")
    expect(await get('WEB-2')).toMatchObject({ status: 'inbox', runState: null, priority: 'high' })
  })
})

describe('a task that an agent is working on', () => {
  beforeEach(async () => {
    await addTasks(bot, [
      { title: 'One', status: 'todo' },
      { title: 'Two', status: 'todo' },
    ])
    await start('WEB-1')
  })

  test('asks for confirmation before Done stops the agent', async () => {
    bot.user.sendText('WEB-1 done')
    const question = await bot.user.nextMessage('has been on WEB-1')
    expect(await turnsOf('WEB-1')).toEqual(['working'])

    bot.user.tap('Stop and mark done', question)
    await bot.user.nextEdit('Done')

    expect((await get('WEB-1')).status).toBe('done')
  })

  test('needs confirmation while the others move', async () => {
    bot.user.sendText('done WEB-1 WEB-2')
    const answer = await bot.user.nextMessage('WEB-2 Two · Done')
    expect(answer.text).toContain('has been on WEB-1')
    expect(await turnsOf('WEB-1', 'WEB-2')).toEqual(['working', 'closed'])

    bot.user.tap('Stop WEB-1 → Done', answer)
    await bot.user.nextEdit('Done')
    expect(await turnsOf('WEB-1')).toEqual(['closed'])
  })

  test('stops at the word and stays where it is', async () => {
    bot.user.sendText('stop WEB-1')
    await bot.user.nextMessage('WEB-1 One · agent stopped')

    expect(await get('WEB-1')).toMatchObject({ status: 'todo', runState: null })
  })

  test('isn’t queued twice', async () => {
    bot.user.sendText('queue WEB-1')
    await bot.user.nextMessage('laptop is already on it')

    expect(await turnsOf('WEB-1')).toEqual(['working'])
  })
})

describe('a task with an open question', () => {
  beforeEach(async () => {
    await addTasks(bot, [{ title: 'One', status: 'todo' }])
    await block('WEB-1', 'Which way?', ['Left', 'Right'])
  })

  test('asks for confirmation before it is queued without an answer', async () => {
    bot.user.sendText('queue WEB-1')
    const question = await bot.user.nextMessage('Queue it without an answer?')
    expect(await turnsOf('WEB-1')).toEqual(['question'])

    bot.user.tap('Queue anyway', question)
    await bot.user.nextEdit('Queued')

    expect(await turnsOf('WEB-1')).toEqual(['queued'])
  })

  test('is completed by the word, which ends the question', async () => {
    bot.user.sendText('WEB-1 done')
    await bot.user.nextMessage('WEB-1 One · Done')

    expect((await get('WEB-1')).question).toBeNull()
  })

  test('is answered by words on its digest line, and queued', async () => {
    bot.user.sendText('/digest')
    const digest = await bot.user.nextMessage('1. ⛔ WEB-1: Which way?')

    bot.user.reply(digest, '1: left')
    const answer = await bot.user.nextMessage('Answered: Left')
    expect(await turnsOf('WEB-1')).toEqual(['queued'])

    bot.user.tap('↩️ Undo', answer)
    await bot.user.nextEdit('Which way?')
    expect(await turnsOf('WEB-1')).toEqual(['question'])
  })

  test('is answered from home with one tap', async () => {
    bot.user.sendText('/start')
    const home = await bot.user.nextMessage('⛔ WEB-1: Which way?')

    bot.user.tap('Right', home)
    await bot.user.nextEdit('Answered: Right')

    expect(await turnsOf('WEB-1')).toEqual(['queued'])
  })

  test('isn’t queued by a digest reply without confirmation', async () => {
    await addTasks(bot, [{ title: 'Two', status: 'ready' }])
    bot.user.sendText('/digest')
    const digest = await bot.user.nextMessage('2. 🏁 WEB-2')

    bot.user.reply(digest, '1 queue, 2 done')
    const answer = await bot.user.nextMessage('WEB-2 Two · Done')

    expect(labelsOn(answer)).toEqual(['Answer WEB-1', 'Queue WEB-1 anyway', '↩️ Undo'])
    expect(await turnsOf('WEB-1')).toEqual(['question'])
  })
})

test.each([
  ['1. done', 'done', 'ready'],
  ['2) hold', 'ready', 'hold'],
  ['1 done 2 hold', 'done', 'hold'],
  ['1、2 complete', 'done', 'done'],
  ['1—2 done', 'done', 'done'],
])('a reply to the digest uses its numbers: %s', async (text, first, second) => {
  await addTasks(bot, [
    { title: 'One', status: 'ready' },
    { title: 'Two', status: 'ready' },
  ])
  bot.user.sendText('/digest')

  bot.user.reply(await bot.user.nextMessage('2. 🏁 WEB-2'), text)
  const { text: answer } = await bot.user.nextMessage('WEB-')

  expect([(await get('WEB-1')).status, (await get('WEB-2')).status]).toEqual([first, second])
  expect(answer).not.toContain('understand')
})

test.each(['2. 🏁 WEB-2: Two', 'WEB-2: Two'])(
  'a word in reply to a quoted digest line is about that line: %s',
  async (line) => {
    await addTasks(bot, [
      { title: 'One', status: 'ready' },
      { title: 'Two', status: 'ready' },
    ])
    bot.user.sendText('/digest')
    const digest = await bot.user.nextMessage('2. 🏁 WEB-2')
    const position = digest.text?.indexOf(line) ?? 0

    bot.user.reply(digest, 'done', { quote: { text: line, position } })
    await bot.user.nextMessage('WEB-2 Two · Done')

    expect((await get('WEB-1')).status).toBe('ready')
  },
)

describe('messages that open tasks', () => {
  beforeEach(async () => {
    await addTasks(bot, [{ title: 'One' }, { title: 'Two' }])
  })

  test.each([
    'WEB-2',
    '#WEB-2',
    'web-2.',
    '2',
    'web2',
    'WEB-2 done?',
    '\u200eWEB-2\u200e',
    'WEB\u20112',
    'WEB—2',
    '＃ＷＥＢ－2',
    '> **WEB-2** …',
    '`WEB-2`',
    '📥 WEB-2 · Two',
    '📥 WEB-2 Two · Website',
    'WEB-2 Two',
    '/task #WEB-2',
    '/task WEB\u20112',
  ])('%s', async (text) => {
    bot.user.sendText(text)
    await bot.user.nextMessage('WEB-2 Two')

    expect(await count()).toBe(2)
    expect((await get('WEB-2')).status).toBe('inbox')
  })

  test('several keys open a list that names missing ones', async () => {
    bot.user.sendText('WEB-1 WEB-2 WEB-7')
    const list = await bot.user.nextMessage('There’s no WEB-7. Try /search.')

    expect(labelsOn(list)).toEqual(['WEB-1 One', 'WEB-2 Two'])
    expect(await count()).toBe(2)
  })

  test.each(['WEB-99', 'web-99 done', '99'])('%s is answered, not captured', async (text) => {
    bot.user.sendText(text)
    await bot.user.nextMessage('WEB-99')

    expect(await count()).toBe(2)
  })

  test('a number refers to the last used project', async () => {
    await createProject(bot.ctx, { key: 'API', name: 'The API' })
    await addTasks(bot, [{ title: 'Elsewhere' }], 'API')
    await changeSettings(bot.ctx, { lastProject: 'API' })

    bot.user.sendText('1')

    await bot.user.nextMessage('API-1 Elsewhere')
  })
})

describe('messages that are still captured', () => {
  test.each([
    'WEB-1 is broken on Safari',
    'Fix WEB-1 first',
    'UTF-8 done',
    'WEB-1 One more thing',
    '\u200eUTF-8\u200e',
    'web77',
    'WEB-1 로그인이 안 돼요',
  ])('%s', async (text) => {
    await addTasks(bot, [{ title: 'One', status: 'todo' }])

    bot.user.sendText(text)
    await bot.user.nextMessage('WEB-2')

    expect((await get('WEB-2')).title).toBe(text)
    expect((await get('WEB-1')).status).toBe('todo')
  })

  test('text that someone else wrote', async () => {
    await addTasks(bot, [{ title: 'One', status: 'todo' }])

    bot.user.forwardForeign('WEB-1 done', { name: 'Grace Hopper' })
    await bot.user.nextMessage('WEB-2')

    expect((await get('WEB-1')).status).toBe('todo')
  })
})

test('the bot’s name in front changes nothing', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])

  bot.user.sendText('@preqbot_playground WEB-1 done')
  await bot.user.nextMessage('WEB-1 One · Done')

  expect(await findTask(bot.scope, 'WEB-2')).toBeNull()
})

describe('several tasks of a lane at once', () => {
  const select = async (lane: RegExp, labels: readonly string[]) => {
    bot.user.sendText('/board')
    const board = await bot.user.nextMessage('Board')
    bot.user.tap(lane, board)
    await bot.user.nextEdit('WEB-')
    bot.user.tap('Select', board)
    await bot.user.nextEdit('0 selected')
    for (const [index, label] of labels.entries()) {
      bot.user.tap(label, board)
      await bot.user.nextEdit(`${index + 1} selected`)
    }
    return board
  }

  test('Queue moves them to Todo and queues them; a task with an open question is skipped and named', async () => {
    await addTasks(
      bot,
      ['One', 'Two', 'Three'].map((title) => ({ title, status: 'todo' as const })),
    )
    await block('WEB-2', 'Which way?')
    await editTask(bot.ctx, 'WEB-1', { status: 'hold' })
    const board = await select(/Hold 2/, ['☐ WEB-1 One', '☐ WEB-2 Two'])

    bot.user.tap('Queue', board)
    await bot.user.nextEdit('1 skipped: its question is open (WEB-2).')

    expect(await turnsOf('WEB-1', 'WEB-2', 'WEB-3')).toEqual(['queued', 'question', 'parked'])
    expect(answersOf(bot)).toContain('1 task changed. 1 skipped: its question is open (WEB-2).')
  })

  test('Done skips and names tasks that an agent is working on', async () => {
    await addTasks(
      bot,
      ['One', 'Two', 'Three'].map((title) => ({ title, status: 'todo' as const })),
    )
    await start('WEB-1')
    await start('WEB-2')
    const board = await select(/Todo 3/, ['☐ WEB-1 One', '☐ WEB-2 Two', '☐ WEB-3 Three'])

    bot.user.tap('→ Done', board)
    await bot.user.nextEdit('2 skipped: an agent is on them (WEB-1, WEB-2).')

    expect(await turnsOf('WEB-1', 'WEB-2', 'WEB-3')).toEqual(['working', 'working', 'closed'])
  })

  test('moving a selected card asks for confirmation before it stops an agent', async () => {
    await addTasks(bot, [{ title: 'One', status: 'todo' }])
    await start('WEB-1')
    bot.user.sendText('/board')
    const board = await bot.user.nextMessage('Board')
    bot.user.tap(/Todo 1/, board)
    await bot.user.nextEdit('WEB-1 One')
    bot.user.tap('WEB-1 One', board)
    await bot.user.nextEdit('▶️')

    bot.user.tap('→ Hold', board)
    await bot.user.nextEdit('Stop it?')

    expect(await turnsOf('WEB-1')).toEqual(['working'])
  })
})

test('after a refused answer, the next message is the answer, not a task', async () => {
  await addTasks(bot, [{ title: 'One', status: 'todo' }])
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('WEB-1 One')
  bot.user.tap('Edit', card)
  const menu = await bot.user.nextEdit('WEB-1')
  bot.user.tap('Title', menu)
  const prompt = await bot.user.nextMessage('New title')
  bot.user.reply(prompt, 'x'.repeat(181))
  await bot.user.nextMessage('New title')

  bot.user.sendText('WEB-1 done')
  await bot.handled()

  expect(await get('WEB-1')).toMatchObject({ title: 'WEB-1 done', status: 'todo' })
  expect(await count()).toBe(1)
})

test('once a repeated prompt is answered, the next message is a task', async () => {
  bot.user.sendText('/settings')
  const screen = await bot.user.nextMessage('Settings')
  bot.user.tapData('1w|ask|digest-time|', screen)
  bot.user.reply(await bot.user.nextMessage('send the digest'), 'soon')
  await bot.user.nextMessage('send the digest')
  bot.user.sendText('7:45')
  await bot.user.nextMessage('07:45')

  bot.user.sendText('Buy milk')
  await bot.user.nextMessage('Buy milk')

  expect(await get('WEB-1')).toMatchObject({ title: 'Buy milk' })
})
