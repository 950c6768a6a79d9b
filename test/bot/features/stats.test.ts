import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProject } from '../../../src/domain/projects/create.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { moveTap } from '../../../src/view/tasks/callbacks.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
  const project = await createProject(bot.ctx, { key: 'SHOP', name: '쇼핑몰' })
  for (const engine of ['codex', 'codex', null] as const) {
    const { task } = await createTask(bot.ctx, {
      projectId: project.id,
      title: 'Fix the till',
      status: 'todo',
      engine,
    })
    await editTask(bot.ctx, task.key, { status: 'done' })
  }
})
afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

test('/stats sends a chart of the week with its numbers', async () => {
  bot.user.sendText('/stats')

  const message = await bot.user.nextMessage('The week')
  expect(message.photo?.at(-1)).toMatchObject({ width: 1080, height: 1350 })
  expect(message.caption).toContain('3 tasks done')
  expect(message.caption).toContain('SHOP\u00a03')
  expect(message.caption).toContain('Codex\u00a02 · No\u00a0engine\u00a01')
})

test.each([
  ['/stats month', 'The month'],
  ['/STATS Year', 'The year'],
])('%s shows %s', async (command, title) => {
  bot.user.sendText(command)

  const message = await bot.user.nextMessage(title)
  expect(message.photo).toBeDefined()
})

test('for an unknown period, says so and shows the week', async () => {
  bot.user.sendText('/stats century')

  const message = await bot.user.nextMessage('The week')

  expect(message.caption).toContain('No period “century” – showing the week.')
})

test('the unknown command /stat suggests /stats and keeps its words in a button', async () => {
  bot.user.sendText('/stat')
  await bot.user.nextMessage('Did you mean /stats?')
  bot.user.sendText('/stat year')
  const answer = await bot.user.nextMessage('Did you mean /stats year?')

  bot.user.tap('/stats year', answer)

  await bot.user.nextMessage('The year')
})

test('fewer than three finished tasks are shown as text without a picture', async () => {
  await bot.db.execute(sql`delete from tasks where task_key = 'SHOP-1'`)

  bot.user.sendText('/stats')
  const message = await bot.user.nextMessage('The week')

  expect(message.photo).toBeUndefined()
  expect(message.text).toContain('2 tasks done\n')
})

test('a tap on Year replaces the picture', async () => {
  bot.user.sendText('/stats')
  const week = await bot.user.nextMessage('The week')

  bot.user.tap('Year', week)

  const year = await bot.user.nextEdit('The year')
  expect(year.message_id).toBe(week.message_id)
  expect(year.photo?.at(-1)?.file_unique_id).not.toBe(week.photo?.at(-1)?.file_unique_id)
  await bot.user.nextAnswer()
})

test('a card button tapped on a picture shows the card below it', async () => {
  bot.user.sendText('/stats')
  const picture = await bot.user.nextMessage('The week')

  bot.user.tapData(moveTap.encode({ on: 'card', key: 'SHOP-1', from: 'done', to: 'todo' }), picture)

  const card = await bot.user.nextMessage('SHOP-1')
  expect(card.text).toContain('Todo')
  expect(bot.world.calls.filter((call) => !call.ok)).toEqual([])
})

test('a tap on the current period redraws the chart and is answered', async () => {
  bot.user.sendText('/stats')
  const week = await bot.user.nextMessage('The week')

  bot.user.tap('✓ Week', week)

  await bot.user.nextEdit('The week')
  await bot.user.nextAnswer()
})

test('a tap on a deleted picture sends a new one', async () => {
  bot.user.sendText('/stats')
  const week = await bot.user.nextMessage('The week')
  bot.user.delete(week)

  bot.user.tapData('1v|stats|month|0', week.message_id)

  const month = await bot.user.nextMessage('The month')
  expect(month.photo).toBeDefined()
})

test('if Telegram rejects the picture, its numbers are sent as text with the same buttons', async () => {
  bot.world.faults.add({ kind: '400-parse', method: 'sendPhoto', times: 2 })
  bot.user.sendText('/stats')

  const message = await bot.user.nextMessage('The week')

  expect(message.photo).toBeUndefined()
  expect(message.text).toContain('3 tasks done')
  bot.user.tap('Month', message)
  expect((await bot.user.nextMessage('The month')).photo).toBeDefined()
})
