import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openTestBot, type TestBot } from '../../support/bot.ts'

const every = 5 * 60_000

let bot: TestBot
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  bot = await openTestBot({ updates: 'webhook' })
  bot.user.sendText('Before')
  await bot.user.nextMessage('WEB-1')
})
afterEach(async () => {
  await bot.close()
  vi.useRealTimers()
})

const steal = (query: string) =>
  fetch(`${bot.telegramUrl}/bot${bot.world.bot.token}/${query}`, { method: 'POST' })
const settings = () => bot.world.webhook.settings
const notices = () =>
  bot.user.messages().filter(({ text }) => text?.includes("Another program is using this bot's token"))
const asked = () => bot.world.calls.filter(({ method }) => method === 'getWebhookInfo').length

describe('a webhook that another program replaced', () => {
  test.each([
    [
      'by setting its own',
      'setWebhook?url=https://other.example.com/hook',
      'It set the webhook https://other.example.com/hook.',
    ],
    ['by deleting ours to poll', 'deleteWebhook', 'It deleted my webhook'],
  ])('%s is set again within five minutes with its secret, and reported once', async (_how, theft, words) => {
    const ours = settings()
    await steal(theft)
    bot.user.sendText('Meanwhile')

    await vi.advanceTimersByTimeAsync(every)
    await bot.user.nextMessage('WEB-2')

    expect(settings()).toEqual(ours)
    await expect.poll(() => notices().map(({ text }) => text)).toEqual([expect.stringContaining(words)])
    expect(bot.lines.filter((line) => line.includes('another program took the webhook'))).toHaveLength(1)

    await steal(theft)
    await vi.advanceTimersByTimeAsync(every)
    await expect.poll(settings).toEqual(ours)
    // Checks run one after another: the second's report is certain once the third runs.
    await vi.advanceTimersByTimeAsync(every)
    await expect.poll(asked).toBe(3)
    expect(
      await bot.db.query.botMessages.findMany({ where: (row, { eq }) => eq(row.purpose, 'notice') }),
    ).toHaveLength(1)
  })
})

test('a webhook that is ours is checked and left alone', async () => {
  const sets = () => bot.world.calls.filter(({ method }) => method === 'setWebhook').length
  const before = sets()

  await vi.advanceTimersByTimeAsync(every)
  await expect.poll(asked).toBe(1)
  await vi.advanceTimersByTimeAsync(every)
  await expect.poll(asked).toBe(2)

  expect(sets()).toBe(before)
  expect(notices()).toEqual([])
})
