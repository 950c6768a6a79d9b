import { beforeEach, expect, test } from 'vitest'
import { editTask } from '../../src/domain/tasks/edit.ts'
import { readDetail, requireTask } from '../../src/domain/tasks/read.ts'
import type { TestBot } from '../support/bot.ts'
import { addTasks, answersOf, labelsOn, useBot } from '../support/chat.ts'

const getBot = useBot()
let bot: TestBot

beforeEach(() => {
  bot = getBot()
})

const openCard = async () => {
  bot.user.say('/task WEB-1')
  return bot.user.nextMessage('Slow')
}
const feedback = async () => (await readDetail(bot.scope, await requireTask(bot.scope, 'WEB-1'))).feedback

test('Nudge asks the agent how it goes, which it reads as feedback', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await editTask(bot.ctx, 'WEB-1', { lifecycle: 'start' })
  const card = await openCard()

  bot.user.tapData('1w|nudge|WEB-1|', card)
  await bot.user.nextEdit('Are you still on this?')

  expect(await feedback()).toHaveLength(1)
})

test('a second tap on Nudge asks no second time', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await editTask(bot.ctx, 'WEB-1', { lifecycle: 'start' })
  const card = await openCard()

  bot.user.tapData('1w|nudge|WEB-1|', card)
  bot.user.tapData('1w|nudge|WEB-1|', card)
  await bot.handled()

  expect(await feedback()).toHaveLength(1)
  expect(answersOf(bot).at(-1)).toBe('Nothing to change: it is like that already.')
})

test('a run that has ended meanwhile is not nudged, and that is said', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'hold' }])
  const card = await openCard()

  bot.user.tapData('1w|nudge|WEB-1|', card)
  await bot.handled()

  expect(answersOf(bot)).toEqual(['It changed meanwhile: WEB-1 is in Hold now.'])
  expect(await feedback()).toEqual([])
})

test('Keep waiting changes nothing and shows the card', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await editTask(bot.ctx, 'WEB-1', { runState: 'queued' })
  const card = await openCard()

  bot.user.tapData('1w|keep-waiting|WEB-1|', card)
  await bot.handled()

  expect(answersOf(bot)).toEqual(['All right, I keep waiting.'])
  expect((await requireTask(bot.scope, 'WEB-1')).runState).toBe('queued')
})

test('Unqueue does not interrupt an agent that has just taken the task', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await editTask(bot.ctx, 'WEB-1', { runState: 'queued' })
  const card = await openCard()
  expect(labelsOn(card)).toContain('Unqueue')
  await editTask(bot.ctx, 'WEB-1', { lifecycle: 'start' })

  bot.user.tap('Unqueue', card)
  const shown = await bot.user.nextEdit('work')

  expect((await requireTask(bot.scope, 'WEB-1')).runState).toBe('running')
  bot.user.tap('Release', shown)
  await bot.handled()
  expect((await requireTask(bot.scope, 'WEB-1')).runState).toBeNull()
})
