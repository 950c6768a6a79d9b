import { beforeEach, expect, test } from 'vitest'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, useBot } from '../../support/chat.ts'

const start = new Date('2026-11-28T13:10:00Z')
let now = start
// A webhook is called at once, so no update would wait at Telegram.
const getBot = useBot({ updates: 'polling', now: () => now })
let bot: TestBot

beforeEach(async () => {
  bot = getBot()
  now = start
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo' }])
})

const ages = [
  ['run', '9 min', 540],
  ['run', '10 min', 600],
  ['skipped', '10 min and 1 s', 601],
  ['skipped', '11 min', 660],
] as const

/** Sends a text that reaches the bot this many seconds later. */
async function sendLate(text: string, seconds: number): Promise<void> {
  bot.user.sendText(text)
  now = new Date(start.getTime() + seconds * 1_000)
  await bot.handled()
}

test.each(ages)('a command is %s if it arrives after %s', async (outcome, _age, seconds) => {
  await sendLate('/task WEB-1', seconds)

  const answers = bot.world.calls.filter(({ method }) => method === 'sendMessage')
  expect(answers).toHaveLength(outcome === 'run' ? 1 : 0)
})

test.each(ages)('words are %s if they arrive after %s', async (outcome, _age, seconds) => {
  await sendLate('WEB-1 done', seconds)

  expect((await requireTask(bot.scope, 'WEB-1')).status).toBe(outcome === 'run' ? 'done' : 'todo')
})

test.each(ages)(
  'a text becomes a task even if a command is %s: after %s',
  async (_outcome, _age, seconds) => {
    await sendLate('Buy milk', seconds)

    expect((await listTasks(bot.scope, {})).map(({ title }) => title)).toContain('Buy milk')
  },
)
