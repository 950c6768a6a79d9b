import { afterEach, beforeEach, expect, test } from 'vitest'
import { labelCounts } from '../../../src/domain/labels/labels.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, dataOf } from '../../support/chat.ts'

let bot: TestBot

beforeEach(async () => {
  bot = await openTestBot()
  await addTasks(bot, [
    { title: 'One', labels: ['backend'] },
    { title: 'Two', labels: ['server', 'ui'] },
  ])
})

afterEach(async () => {
  expect(bot.world.violations).toEqual([])
  await bot.close()
})

const names = async () => (await labelCounts(bot.scope)).map((label) => label.name)

const openLabel = async (name: string) => {
  bot.user.sendText('/labels')
  await bot.user.nextMessage('Labels')
  bot.user.tap(name)
  return bot.user.nextEdit('open')
}

test('a reply creates a label', async () => {
  bot.user.sendText('/labels')
  await bot.user.nextMessage('Labels')
  bot.user.tap('New label')
  bot.user.reply(await bot.user.nextMessage('Name the new label.'), 'docs')
  await bot.user.nextMessage('Used on 0 tasks')

  expect(await names()).toEqual(['backend', 'docs', 'server', 'ui'])
})

test('an existing label is refused with the reason', async () => {
  bot.user.sendText('/labels')
  await bot.user.nextMessage('Labels')
  bot.user.tap('New label')
  bot.user.reply(await bot.user.nextMessage('Name the new label.'), 'Backend')
  await bot.user.nextMessage('Label Backend already exists')

  expect(await names()).toEqual(['backend', 'server', 'ui'])
})

test('a label is renamed, and Undo restores its name', async () => {
  await openLabel('backend')
  bot.user.tap('Rename')
  bot.user.reply(await bot.user.nextMessage('New name for the label backend'), 'api')
  await bot.user.nextMessage('api')
  const during = await names()
  bot.user.tap('Undo')
  await bot.user.nextEdit('backend')

  expect([during, await names()]).toEqual([
    ['api', 'server', 'ui'],
    ['backend', 'server', 'ui'],
  ])
})

test('a label gets a color', async () => {
  await openLabel('backend')
  bot.user.tap('Color')
  await bot.user.nextEdit('Pick a color')
  bot.user.tap('red')
  await bot.user.nextEdit('🟥')
  await bot.handled()

  expect((await labelCounts(bot.scope)).find((label) => label.name === 'backend')).toMatchObject({
    color: 'red',
  })
})

test('a label is merged into another, and Undo restores both', async () => {
  await openLabel('server')
  bot.user.tap('Merge')
  await bot.user.nextEdit('Merge server into which label')
  bot.user.tap('backend')
  await bot.user.nextEdit('backend · 2 open')
  const during = await names()
  bot.user.tap('Undo')
  await bot.user.nextEdit('server · 1 open')

  expect([during, await names()]).toEqual([
    ['backend', 'ui'],
    ['backend', 'server', 'ui'],
  ])
})

test('a label is deleted after confirmation and removed from its tasks', async () => {
  await openLabel('ui')
  bot.user.tap('Delete')
  const question = await bot.user.nextEdit('Delete label ui?')
  bot.user.tap('Delete', question)
  await bot.user.nextEdit('Labels')
  await bot.handled()

  expect(await names()).toEqual(['backend', 'server'])
  expect(
    (await listTasks(bot.scope, {})).flatMap((task) => task.labels.map((label) => label.name)).sort(),
  ).toEqual(['backend', 'server'])
})

test('an old button of a deleted label says that it is gone', async () => {
  const card = await openLabel('ui')
  const color = dataOf(card, 'Color')
  bot.user.tap('Delete', card)
  await bot.user.nextEdit('Delete label ui?')
  bot.user.tap('Delete', card)
  await bot.handled()

  bot.user.tapData(color, card)
  await bot.handled()

  expect(answersOf(bot).at(-1)).toBe('That label is gone.')
})
