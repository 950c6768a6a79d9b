import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listSecurityEvents } from '../../../src/domain/access/security.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'

let bot: TestBot
let url: string
beforeAll(async () => {
  bot = await openTestBot({ updates: 'webhook', env: { TRUST_PROXY: '127.0.0.1' } })
  await vi.waitFor(() => expect(bot.world.webhook.settings).toBeTruthy(), { timeout: 30_000 })
  url = bot.world.webhook.settings?.url ?? ''
})
afterAll(() => bot.close())

const call = (address: string, secret: string) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': address,
      'x-telegram-bot-api-secret-token': secret,
    },
    body: JSON.stringify({ update_id: 1, message: { text: 'forged' } }),
  })

test('a wrong webhook secret is recorded, and the 21st in a minute from one address gets a 429', async () => {
  const statuses: number[] = []
  for (let time = 0; time < 21; time += 1) statuses.push((await call('203.0.113.9', 'guess')).status)
  const other = await call('203.0.113.10', 'guess')

  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401))
  expect([statuses[20], other.status]).toEqual([429, 401])
  expect((await call('203.0.113.9', 'guess')).headers.get('retry-after')).toMatch(/^\d+$/)
  const { entries } = await listSecurityEvents(bot.scope, { limit: 50 })
  const refused = entries.filter(({ eventType }) => eventType === 'auth.webhook')
  expect(refused.map(({ outcome, ipAddress }) => [outcome, ipAddress]).sort()).toEqual([
    ['failure', '203.0.113.10'],
    ['failure', '203.0.113.9'],
  ])
  expect(JSON.stringify(entries)).not.toContain('guess')
})

test('Telegram, with the right secret, gets through from an address that guessed', async () => {
  for (let time = 0; time < 21; time += 1) await call('203.0.113.11', 'guess')

  const secret = bot.world.webhook.settings?.secretToken ?? ''
  const answer = await call('203.0.113.11', secret)

  expect(answer.status).toBe(200)
})

test.each(['guess', ''])('the secret “%s” is compared in constant time', async (secret) => {
  const compare = vi.spyOn(crypto, 'timingSafeEqual')
  syncBuiltinESMExports()

  const { status } = await call('203.0.113.12', secret)

  const compared = compare.mock.calls.length
  compare.mockRestore()
  syncBuiltinESMExports()
  expect([status, compared]).toEqual([401, 1])
})
