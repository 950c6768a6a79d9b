import { beforeEach, expect, test } from 'vitest'
import { readDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { connectAgent } from '../../support/agent.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, labelsOn, useBot } from '../../support/chat.ts'

const getBot = useBot()
let bot: TestBot

beforeEach(() => {
  bot = getBot()
})

const openCard = async () => {
  bot.user.sendText('/task WEB-1')
  return bot.user.nextMessage('Slow')
}
const startRun = async () => (await connectAgent(bot)).act('WEB-1', 'start')
const feedback = async () => (await readDetail(bot.scope, await requireTask(bot.scope, 'WEB-1'))).feedback

test('Nudge asks the agent for an update, which it gets as feedback', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await startRun()
  const card = await openCard()

  bot.user.tapData('1w|nudge|WEB-1|', card)
  await bot.user.nextEdit('Still working on this?')

  expect(await feedback()).toHaveLength(1)
})

test('a second tap on Nudge doesn’t ask again', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await startRun()
  const card = await openCard()

  bot.user.tapData('1w|nudge|WEB-1|', card)
  bot.user.tapData('1w|nudge|WEB-1|', card)
  await bot.handled()

  expect(await feedback()).toHaveLength(1)
  expect(answersOf(bot).at(-1)).toBe('Already done.')
})

test('a run that has ended isn’t nudged, and the answer says so', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'hold' }])
  const card = await openCard()

  bot.user.tapData('1w|nudge|WEB-1|', card)
  await bot.handled()

  expect(answersOf(bot)).toEqual(['It changed in the meantime – WEB-1 is now in Hold.'])
  expect(await feedback()).toEqual([])
})

test('Keep waiting changes nothing and shows the card', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await editTask(bot.ctx, 'WEB-1', { runState: 'queued' })
  const card = await openCard()

  bot.user.tapData('1w|keep-waiting|WEB-1|', card)
  await bot.handled()

  expect(answersOf(bot)).toEqual(['OK, I’ll keep waiting.'])
  expect((await requireTask(bot.scope, 'WEB-1')).runState).toBe('queued')
})

test('Take back doesn’t interrupt an agent that has just claimed the task', async () => {
  await addTasks(bot, [{ title: 'Slow', status: 'todo' }])
  await editTask(bot.ctx, 'WEB-1', { runState: 'queued' })
  const card = await openCard()
  expect(labelsOn(card)).toContain('Take back')
  await startRun()

  bot.user.tap('Take back', card)
  const shown = await bot.user.nextEdit('is working on it')

  expect((await requireTask(bot.scope, 'WEB-1')).runState).toBe('running')
  bot.user.tap('Stop', shown)
  await bot.handled()
  expect((await requireTask(bot.scope, 'WEB-1')).runState).toBeNull()
})
