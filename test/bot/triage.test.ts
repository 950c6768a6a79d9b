import { afterEach, beforeEach, expect, test } from 'vitest'
import { requireProject } from '../../src/domain/projects/read.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { countByStatus } from '../../src/domain/tasks/list.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
})
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

test('twenty inbox tasks are triaged in one message with twenty taps', { timeout: 60_000 }, async () => {
  const project = await requireProject(bot.scope, 'WEB')
  for (let i = 1; i <= 20; i += 1)
    await createTask(bot.ctx, { projectId: project.id, title: `Task number ${i}` })
  bot.user.say('/inbox')
  const deck = await bot.user.nextMessage('1 of 20')

  const moves = ['Todo', 'Hold', 'Archive', 'Done']
  for (let i = 0; i < 20; i += 1) {
    bot.user.tap(moves[i % 4] as string, deck)
    await bot.user.nextEdit(i === 19 ? 'Inbox done' : `${i + 2} of 20`)
  }

  expect(await countByStatus(bot.scope)).toMatchObject({ inbox: 0, todo: 5, hold: 5, archived: 5, done: 5 })
})
