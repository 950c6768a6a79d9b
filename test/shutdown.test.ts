import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPlayground, type Playground } from '../src/playground/playground.ts'
import { type VirtualUser, virtualUser } from '../src/playground/virtual-user.ts'
import { botToken } from './support/bot.ts'
import { type StartedProcess, startProcess } from './support/process.ts'
import { openProcessBoard, type ProcessBoard } from './support/process-board.ts'
import { intake } from './support/updates.ts'

const longestStopMs = 10_000

let playground: Playground
let user: VirtualUser
let board: ProcessBoard
let bot: StartedProcess

describe('a process that is told to stop', () => {
  beforeEach(async () => {
    const way = await intake()
    playground = await openPlayground({ botToken, ...way.playground })
    user = virtualUser(playground.world)
    board = await openProcessBoard(user)
    bot = await startProcess({
      BOT_TOKEN: botToken,
      TELEGRAM_API_ROOT: playground.url,
      ...board.env,
      ...way.env,
    })
    user.say('Before')
    await user.nextMessage('Before', { within: 30_000 })
  }, 120_000)
  afterEach(async () => {
    await bot.kill()
    await playground.close()
    await board.close()
  })

  const wait = (path: string, body?: object) =>
    fetch(`${bot.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${board.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  /** Lets a call to Telegram hang, and an update's handler with it. */
  const hang = async () => {
    playground.world.faults.add({ kind: 'delay', ms: 60_000, method: 'sendMessage' })
    user.say('Hanging')
    await expect.poll(() => playground.world.faults.left()).toBe(0)
  }

  it('sends home whoever waits, gives up what hangs, and ends well within 10 s', async () => {
    const claiming = wait('/api/tasks/claim', { wait: 55 })
    const following = wait('/api/events?after=1000000&wait=55')
    await hang()
    const began = performance.now()

    const code = await bot.stop()

    expect(code).toBe(0)
    expect(performance.now() - began).toBeLessThan(longestStopMs)
    expect([(await claiming).status, (await following).status]).toEqual([204, 200])
  }, 60_000)

  it('ends at once when it is told a second time', async () => {
    await hang()
    bot.signal('SIGTERM')
    await expect.poll(() => bot.output()).toContain('stopping')

    expect(await bot.stop()).toBe(1)
  }, 60_000)
})
