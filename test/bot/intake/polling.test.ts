import type { Update } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { watchConflicts } from '../../../src/bot/intake/conflict.ts'
import { type Polling, type PollingOptions, startPolling } from '../../../src/bot/intake/polling.ts'
import { type VirtualUser, virtualUser } from '../../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../../src/playground/playground.ts'
import { createTelegramApi } from '../../../src/telegram/client.ts'
import { createReachReport } from '../../../src/telegram/reach.ts'
import { bindChat } from '../../../src/telegram/store/chat-binding.ts'
import type { StoredRequest } from '../../../src/telegram/store/messages/stored-request.ts'
import { createThrottle } from '../../../src/telegram/throttle.ts'
import { type Board, openBoard } from '../../support/board.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

let board: Board
let telegram: Playground
let user: VirtualUser
let polling: Polling
let accepted: Update[]
let outcomes: string[]

beforeEach(async () => {
  board = await openBoard()
  telegram = await openPlayground()
  user = virtualUser(telegram.world)
  accepted = []
  outcomes = []
})
afterEach(async () => {
  await polling.stop()
  await telegram.close()
  await board.close()
})

const start = (options: Partial<PollingOptions> = {}) => {
  const api = createTelegramApi({ token: telegram.token, apiRoot: telegram.url, throttle: createThrottle() })
  const conflicts = watchConflicts({
    store: board.db,
    ownerId: board.ownerId,
    now: board.clock.now,
    log,
    api,
  })
  polling = startPolling({
    api,
    reach: createReachReport(log),
    accept: async (updates) => void accepted.push(...updates),
    onPoll: (outcome) => {
      outcomes.push(outcome)
      conflicts.note(outcome)
    },
    conflictWaitMs: 5,
    ...options,
  })
  return conflicts
}
const ask = (method: string) => fetch(`${telegram.url}/bot${telegram.token}/${method}`, { method: 'POST' })
/** Resolves when the bot is polling. */
const polled = () => expect.poll(() => telegram.world.polling.pending, { timeout: 10_000 }).not.toBeNull()
const notices = async () =>
  (await board.db.query.botMessages.findMany()).map(
    ({ request }) => (request as unknown as StoredRequest).parameters.text,
  )

describe('polling', () => {
  test('aborts a hanging request and repeats it', async () => {
    telegram.world.faults.add({ kind: 'delay', ms: 60_000, method: 'getUpdates' })
    start({ hangMs: 1_000 })

    user.sendText('Hello')

    await expect.poll(() => accepted.length, { timeout: 10_000 }).toBe(1)
    expect(outcomes).toContain('failed')
  })

  test('repeats a request whose storing hangs, and confirms nothing unstored', async () => {
    let tries = 0
    start({
      hangMs: 1_000,
      accept: async (updates) => {
        tries += updates.length
        if (tries === 1) await new Promise(() => {})
        accepted.push(...updates)
      },
    })

    user.sendText('Hello')

    await expect.poll(() => accepted.length, { timeout: 10_000 }).toBe(1)
    expect(tries).toBe(2)
  })

  test('requests nothing while another process is the leader', async () => {
    let leads = false
    start({ leads: () => leads })
    user.sendText('Hello')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(telegram.world.calls).toEqual([])

    leads = true

    await expect.poll(() => accepted.length, { timeout: 10_000 }).toBe(1)
  })
})

describe('another program that receives the updates', () => {
  beforeEach(async () => {
    await bindChat(board.ctx, { chatId: user.chatId, userId: user.userId })
  })

  test('by polling is waited out and reported once', async () => {
    const conflicts = start()
    for (let count = 0; count < 4; count += 1) {
      const before = outcomes.filter((outcome) => outcome === 'conflict').length
      await polled()
      const other = ask('getUpdates?timeout=1')
      await expect
        .poll(() => outcomes.filter((outcome) => outcome === 'conflict').length, { timeout: 10_000 })
        .toBeGreaterThan(before)
      await other
    }
    await expect.poll(notices).toHaveLength(1)
    expect((await notices())[0]).toContain('Stop it, or revoke the token in @BotFather.')
    expect(conflicts.since()).toEqual(board.clock.now())

    board.clock.advance({ minutes: 2 })
    user.sendText('Hello')
    await expect.poll(() => accepted.length, { timeout: 10_000 }).toBe(1)

    expect(conflicts.since()).toBeNull()
  }, 60_000)

  test('by a webhook is reported with its address', async () => {
    start({ conflictWaitMs: 300 })
    for (let count = 1; count <= 3; count += 1) {
      await polled()
      await ask('setWebhook?url=https://other.example.com/hook')
      await expect
        .poll(() => outcomes.filter((outcome) => outcome === 'conflict').length, { timeout: 10_000 })
        .toBeGreaterThanOrEqual(count)
    }

    await expect.poll(notices, { timeout: 5_000 }).toHaveLength(1)
    expect((await notices())[0]).toContain('https://other.example.com/hook')
  }, 60_000)
})
