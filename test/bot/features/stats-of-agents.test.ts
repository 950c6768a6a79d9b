import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { questions } from '../../../src/db/schema.ts'
import { addTasks, useBot } from '../../support/chat.ts'
import { questionsOf } from '../../support/questions.ts'
import { apiOf, connectRunner } from '../../support/runners.ts'

// Morning, so that no test reaches the next day by chance.
let ahead = Date.parse('2026-11-24T07:00:00Z') - Date.now()
const now = () => new Date(Date.now() + ahead)
const bot = useBot({ now })
const { ask, tapped } = questionsOf(bot)
const wait = { within: 20_000 }

test('/stats sums up what the runs of runners took', async () => {
  const runner = await connectRunner(apiOf(bot()), { projects: ['WEB'] })
  const claim = async (title: string) => {
    await addTasks(bot(), [{ title, status: 'todo', queued: true }])
    return runner.take()
  }
  const run = await claim('Fix the login')
  await run.report({ usage: { input_tokens: 80_000, output_tokens: 4_000, cost_usd: 0.42 }, files: 5 })
  await run.act('complete', { summary: 'All done.' })
  const other = await claim('Another')
  ahead += 90 * 60_000
  await other.report({ outcome: 'lost' })
  bot().user.mark()

  bot().user.sendText('/stats')

  const { text } = await bot().user.nextMessage('The week', wait)
  expect(text).toContain('🏃 2 runs, 1 lost · 2 h · 84k tokens · $0.42 · 5 files')
})

test('/stats shows how long questions waited', async () => {
  const { card, id } = await ask({ options: ['Red', 'Blue'] }, 'Red or blue?')
  const askedAt = new Date(now().getTime() - 4 * 60_000)
  await bot().db.update(questions).set({ createdAt: askedAt }).where(eq(questions.id, id))
  await tapped('Blue', card)

  bot().user.sendText('/stats')

  await bot().user.nextMessage('🙋 Waiting for you: median 4 min, longest 4 min (1 question)', wait)
})
