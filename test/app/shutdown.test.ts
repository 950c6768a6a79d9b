import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { botUpdates, tasks } from '../../src/db/schema.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { botToken } from '../support/bot.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { openProcessBoard, type ProcessBoard } from '../support/process-board.ts'
import { createRandom } from '../support/random.ts'
import { intake } from '../support/updates.ts'

const maxStopMs = 10_000
const starts = Number(process.env.STARTS ?? 2)

let playground: Playground
let user: VirtualUser
let board: ProcessBoard
let bot: StartedProcess

describe.each(['polling', 'webhook'] as const)('a process that is stopped, with %s', (by) => {
  beforeEach(async () => {
    const way = await intake(by)
    playground = await openPlayground({ botToken, ...way.playground })
    user = virtualUser(playground.world)
    board = await openProcessBoard(user)
    bot = await startProcess({
      BOT_TOKEN: botToken,
      TELEGRAM_API_ROOT: playground.url,
      ...board.env,
      ...way.env,
    })
    user.sendText('Before')
    await user.nextMessage('Before', { within: 30_000 })
  }, 120_000)
  afterEach(async () => {
    await bot.kill()
    await playground.close()
    await board.close()
  })

  const ask = (path: string, body?: object) =>
    fetch(`${bot.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${board.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  /** Makes a call to Telegram hang, and with it an update's handler. */
  const hang = async () => {
    playground.world.faults.add({ kind: 'delay', ms: 60_000, method: 'sendMessage' })
    user.sendText('Hanging')
    await expect.poll(() => playground.world.faults.left(), { timeout: 10_000 }).toBe(0)
  }
  /** Collects acknowledged updates and the titles of tasks that an agent was told exist, until the process no longer answers. */
  const startTraffic = () => {
    const confirmed: number[] = []
    const made: string[] = []
    playground.world.subscribe((event) => {
      if (event.type === 'update-confirmed') confirmed.push(event.updateId)
    })
    const writing = setInterval(() => user.sendText('Something comes'), 20)
    const work = async () => {
      for (let n = 1; ; n += 1) {
        const title = `Work ${n}`
        const answer = await ask('/api/tasks', { title, projectKey: 'API' }).catch(() => null)
        if (answer === null) return
        if (answer.status === 201) made.push(title)
      }
    }
    const working = work()
    return {
      confirmed,
      made,
      end: async () => {
        clearInterval(writing)
        await working
      },
    }
  }

  test('keeps what it acknowledged, ends waiting requests, gives up on hanging ones, and exits well within 10 s', async () => {
    const claiming = ask('/api/tasks/claim', { wait: 55, project_key: 'WEB', status: 'todo' })
    const following = ask('/api/events?after=1000000&wait=55')
    await hang()
    const traffic = startTraffic()
    const least = () => Math.min(traffic.made.length, traffic.confirmed.length)
    await expect.poll(least, { timeout: 10_000 }).toBeGreaterThan(3)
    const began = performance.now()

    const code = await bot.stop()

    expect(code).toBe(0)
    expect(performance.now() - began).toBeLessThan(maxStopMs)
    expect([(await claiming).status, (await following).status]).toEqual([204, 200])
    await traffic.end()
    const kept = await board.look(async ({ db }) => ({
      updates: (await db.select({ id: botUpdates.updateId }).from(botUpdates)).map(({ id }) => id),
      titles: (await db.select({ title: tasks.title }).from(tasks)).map(({ title }) => title),
    }))
    expect(traffic.confirmed.filter((id) => !kept.updates.includes(id))).toEqual([])
    expect(traffic.made.filter((title) => !kept.titles.includes(title))).toEqual([])
  }, 60_000)

  test('exits immediately on a second signal', async () => {
    await hang()
    bot.signal('SIGTERM')
    await expect.poll(() => bot.output()).toContain('stopping')

    expect(await bot.stop()).toBe(1)
  }, 60_000)
})

test('a process that is stopped while it starts exits', async () => {
  const telegram = await openPlayground({ botToken })
  const place = await openProcessBoard(virtualUser(telegram.world))
  const random = createRandom(7)
  try {
    for (let start = 0; start < starts; start += 1) {
      const started = await startProcess({
        BOT_TOKEN: botToken,
        TELEGRAM_API_ROOT: telegram.url,
        ...place.env,
      })
      await pause(random() * 200)
      const code = await Promise.race([started.stop(), pause(maxStopMs + 2_000, 'never')])
      await started.kill()
      expect([start, code]).not.toEqual([start, 'never'])
    }
  } finally {
    await telegram.close()
    await place.close()
  }
}, 300_000)
