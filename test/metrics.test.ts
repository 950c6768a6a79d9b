import { afterAll, beforeAll, expect, test } from 'vitest'
import { newestEventId } from '../src/domain/core/outbox.ts'
import { writeState } from '../src/telegram/store/bot-state.ts'
import { openTestBot, type TestBot } from './support/bot.ts'

const token = 'a-metrics-token-of-its-own'
let bot: TestBot
beforeAll(async () => {
  bot = await openTestBot({ updates: 'polling', env: { METRICS_TOKEN: token } })
})
afterAll(() => bot.close())

async function read(name: string): Promise<number> {
  const answer = await fetch(`${bot.url()}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(await answer.text())?.[1])
}

test('/metrics tells when Telegram was last polled and how many events the notifier has not read', async () => {
  bot.user.sendText('Fix the login')
  await bot.user.nextMessage('WEB-1')
  await expect.poll(() => read('preqbot_outbox_lag_events'), { timeout: 10_000 }).toBe(0)

  // As if the notifier had got no further.
  await writeState(bot.db, 'notifier_cursor', (await newestEventId(bot.scope)) - 1, new Date())

  expect(await read('preqbot_outbox_lag_events')).toBe(1)
  expect(await read('preqbot_last_poll_timestamp_seconds')).toBeGreaterThan(0)
})
