import { beforeEach, expect, test } from 'vitest'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, useBot } from '../../support/chat.ts'

const start = new Date('2026-11-28T13:10:00Z')
let now = start
const getBot = useBot({ now: () => now })
let bot: TestBot

beforeEach(() => {
  bot = getBot()
  now = start
})

const times = [
  ['works', '4:59', 299],
  ['works', '5:00', 300],
  ['is refused', '5:01', 301],
] as const
const tooLate = 'Too late for this button – use /undo.'

test.each(times)('Undo on a card %s after %s min', async (outcome, _time, seconds) => {
  await addTasks(bot, [{ title: 'Fix the login' }])
  bot.user.sendText('WEB-1')
  const card = await bot.user.nextMessage('Fix the login')
  bot.user.tap('Todo', card)
  const moved = await bot.user.nextEdit('Todo')
  await bot.handled()

  now = new Date(start.getTime() + seconds * 1_000)
  bot.user.tap('↩️ Undo', moved)
  await bot.handled()

  expect((await requireTask(bot.scope, 'WEB-1')).status).toBe(outcome === 'works' ? 'inbox' : 'todo')
  expect(answersOf(bot).at(-1)).toBe(outcome === 'works' ? 'Undone.' : tooLate)
})

test.each(times)('Undo in the settings %s after %s min', async (outcome, _time, seconds) => {
  await changeSettings(bot.ctx, { digestTime: '09:00' })
  bot.user.sendText('/settings')
  await bot.user.nextMessage('Settings')
  bot.user.tap('Digest')
  await bot.user.nextEdit()
  bot.user.tap('10:00')
  const changed = await bot.user.nextEdit()
  await bot.handled()

  now = new Date(start.getTime() + seconds * 1_000)
  bot.user.tap('↩️ Undo', changed)
  await bot.handled()

  expect((await readOwnerSettings(bot.scope)).digestTime).toBe(outcome === 'works' ? '09:00' : '10:00')
})
