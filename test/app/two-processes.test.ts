import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { botToken } from '../support/bot.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { openProcessBoard, type ProcessBoard } from '../support/process-board.ts'

const takeOverMs = 15_000

let playground: Playground
let user: VirtualUser
let board: ProcessBoard
let processes: StartedProcess[]

async function leads(process: StartedProcess): Promise<boolean> {
  const health = (await (await fetch(`${process.url}/api/health`)).json()) as { checks: { leader: boolean } }
  return health.checks.leader
}

/** Starts the leader, then the process that waits. */
async function inOrder(): Promise<[StartedProcess, StartedProcess]> {
  const leading = await Promise.all(processes.map(leads))
  expect(leading.filter(Boolean)).toHaveLength(1)
  const [one, two] = processes as [StartedProcess, StartedProcess]
  return leading[0] ? [one, two] : [two, one]
}

const answersTo = (text: string) =>
  user.messages().filter((message) => message.from?.is_bot && message.text?.includes(text))
const conflicts = () => playground.world.calls.filter((call) => call.error?.code === 409)

describe.skipIf(inject('templateDatabase') === null)(
  'two processes on one Postgres (an embedded database has one)',
  () => {
    beforeEach(async () => {
      playground = await openPlayground({ botToken })
      user = virtualUser(playground.world)
      board = await openProcessBoard(user)
      const env = { BOT_TOKEN: botToken, TELEGRAM_API_ROOT: playground.url, ...board.env }
      processes = [await startProcess(env), await startProcess(env)]
      user.sendText('Before')
      await user.nextMessage('Before', { within: 30_000 })
    }, 120_000)
    afterEach(async () => {
      for (const process of processes) await process.kill()
      await playground.close()
      await board.close()
      expect(playground.world.violations).toEqual([])
    })

    test.each([
      ['is killed', (leader: StartedProcess) => leader.kill()],
      ['is stopped', (leader: StartedProcess) => leader.stop()],
    ])(
      'poll in turn: when the leader %s, the other takes over within 15 s',
      async (_what, end) => {
        const [leader, other] = await inOrder()

        await end(leader)
        user.sendText('After')
        await expect.poll(() => leads(other), { timeout: takeOverMs }).toBe(true)
        await user.nextMessage('After', { within: 30_000 })

        expect(answersTo('After')).toHaveLength(1)
        expect(conflicts()).toEqual([])
      },
      90_000,
    )

    test('get a new leader within 15 s if the first freezes, and the first does nothing when it wakes', async () => {
      const [leader, other] = await inOrder()

      leader.signal('SIGSTOP')
      user.sendText('After')
      await expect.poll(() => leads(other), { timeout: takeOverMs }).toBe(true)
      await user.nextMessage('After', { within: 30_000 })
      leader.signal('SIGCONT')
      await expect.poll(() => leads(leader)).toBe(false)
      user.sendText('Later')
      await user.nextMessage('Later', { within: 30_000 })
      await user.settled()

      expect([await leads(leader), await leads(other)]).toEqual([false, true])
      expect(answersTo('After')).toHaveLength(1)
      expect(answersTo('Later')).toHaveLength(1)
      // The new leader's poll ends the frozen one's; the frozen process can't see the conflict.
      expect(conflicts().length).toBeLessThanOrEqual(1)
    }, 90_000)
  },
)
