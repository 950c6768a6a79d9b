import { beforeEach, describe, expect, test } from 'vitest'
import { createProject } from '../../../src/domain/projects/create.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot

beforeEach(() => {
  bot = getBot()
})

describe('/tasks', () => {
  test('lists open tasks, eight per page, and pages in place', async () => {
    await addTasks(
      bot,
      Array.from({ length: 10 }, (_, index) => ({ title: `Task ${index + 1}` })),
    )
    await addTasks(bot, [{ title: 'Finished', status: 'done' }])

    bot.user.sendText('/tasks')
    const first = await bot.user.nextMessage('Open tasks · 10 tasks')
    bot.user.tap('›', first)
    const second = await bot.user.nextEdit()

    expect(first.text).toContain('WEB-8 Task 8')
    expect(first.text).not.toContain('WEB-9')
    expect(second.message_id).toBe(first.message_id)
    expect(second.text).toContain('WEB-10 Task 10')
    expect(labelsOn(second)).toContain('2/2')
  })

  test('a tap on a key opens its card in a new message', async () => {
    await addTasks(bot, [{ title: 'Open me <now> & then' }])
    bot.user.sendText('/tasks')
    const list = await bot.user.nextMessage('WEB-1')

    bot.user.tap('WEB-1', list)
    const card = await bot.user.nextMessage('Open me <now> & then')

    expect(card.message_id).not.toBe(list.message_id)
    expect(labelsOn(card)).toContain('Todo')
  })

  test('filters by status, project, label, engine, priority and words, and names an invalid filter', async () => {
    await createProject(bot.ctx, { key: 'API', name: 'The API' })
    await addTasks(bot, [
      { title: 'Web one', priority: 'high', labels: ['ui'], engine: 'codex', status: 'todo' },
    ])
    await addTasks(bot, [{ title: 'Api one', priority: 'high', status: 'todo' }], 'API')

    bot.user.sendText('/tasks todo web #ui @codex !high one !soon')
    const list = await bot.user.nextMessage('WEB-1')

    expect(list.text).toContain('Todo · WEB · #ui · Codex · 🟠 High · “one” · 1 task')
    expect(list.text).toContain('Ignored !soon – not a filter.')
    expect(list.text).not.toContain('API-1')
  })

  test('switching the status keeps the rest of the filter', async () => {
    await addTasks(bot, [
      { title: 'Done one', status: 'done', labels: ['ui'] },
      { title: 'Other done', status: 'done' },
      { title: 'Todo one', status: 'todo', labels: ['ui'] },
    ])
    bot.user.sendText('/tasks #ui')
    const list = await bot.user.nextMessage('Todo one')

    bot.user.tap('Done', list)
    const done = await bot.user.nextEdit('Done one')

    expect(done.text).not.toContain('Other done')
    expect(labelsOn(done)).toContain('✓ Done')
  })

  test('an empty list says so', async () => {
    bot.user.sendText('/tasks @gemini')
    expect((await bot.user.nextMessage()).text).toContain('Nothing here.')
  })
})

describe('a card by its key', () => {
  test.each(['/task WEB-1', '/TASK web-1', 'web-1', '/start t_WEB-1', '/task@preqbot_playground WEB-1'])(
    '%s opens it',
    async (text) => {
      await addTasks(bot, [{ title: 'Here I am' }])
      bot.user.sendText(text)
      expect((await bot.user.nextMessage()).text).toContain('WEB-1 Here I am')
    },
  )

  test('the old key of a task that moved to another project still opens it', async () => {
    await createProject(bot.ctx, { key: 'API', name: 'The API' })
    await addTasks(bot, [{ title: 'Wanderer' }])
    await moveToProject(bot.ctx, 'WEB-1', 'API')

    bot.user.sendText('/task WEB-1')

    expect((await bot.user.nextMessage()).text).toContain('Moved: WEB-1 is now API-1.')
  })

  test('an empty /task shows its usage, and an unknown key is reported', async () => {
    bot.user.sendText('/task')
    expect((await bot.user.nextMessage()).text).toContain('Which task?')
    bot.user.sendText('/task WEB-99')
    expect((await bot.user.nextMessage()).text).toContain('No task WEB-99')
  })
})
