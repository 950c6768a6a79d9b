import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { tasks } from '../../src/db/schema.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { maxListed } from '../../src/view/notifications/list.ts'
import { botToken } from '../support/bot.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { openProcessBoard, type ProcessBoard } from '../support/process-board.ts'
import { createRandom } from '../support/random.ts'
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { startTraffic, type Traffic } from '../support/traffic.ts'
import { intake } from '../support/updates.ts'

// OUTAGE=60 runs longer; SEED repeats a run.
const outageSeconds = Number(process.env.OUTAGE ?? 3)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let playground: Playground
let user: VirtualUser
let board: ProcessBoard
let proxy: TcpProxy
let bot: StartedProcess
let traffic: Traffic
let sentTexts: number

describe.skipIf(inject('templateDatabase') === null)(
  `Postgres that fails at work (an embedded database has no server; seed ${seed})`,
  () => {
    beforeEach(async () => {
      const way = await intake()
      playground = await openPlayground({ botToken, keepCalls: 100_000, ...way.playground })
      user = virtualUser(playground.world)
      board = await openProcessBoard(user)
      proxy = await openTcpProxy(board.databaseUrl ?? '')
      bot = await startProcess({
        BOT_TOKEN: botToken,
        TELEGRAM_API_ROOT: playground.url,
        ...board.env,
        ...way.env,
        DATABASE_URL: proxy.url,
      })
      const random = createRandom(seed)
      traffic = startTraffic({ url: bot.url, token: board.token, agents: 2, restMs: 300, random })
      sentTexts = 0
      write()
      await user.nextMessage('Message number 1.', { within: 30_000 })
    }, 120_000)
    afterEach(async () => {
      await bot.kill()
      await proxy.close()
      await playground.close()
      await board.close()
    })

    const write = () => {
      sentTexts += 1
      user.sendText(`Message number ${sentTexts}.`)
    }
    const health = async () => {
      const answer = await fetch(`${bot.url}/api/health`).catch(() => null)
      if (answer === null) throw new Error(`the process is gone: ${bot.output()}`)
      return answer.status
    }

    /** Everything that was acknowledged is on the board, and what needs the owner was delivered. */
    const expectNothingLost = async () => {
      write()
      // Everything pending is handled before it.
      await user.nextMessage(`Message number ${sentTexts}.`, { within: 60_000 + sentTexts * 5_000 })
      await traffic.end()
      const { expected } = traffic
      const found = await board.look(({ db }) => db.select().from(tasks))
      const titles = found.map(({ title }) => title)
      expect(titles.filter((title) => title.startsWith('Message')).toSorted()).toEqual(
        Array.from({ length: sentTexts }, (_, n) => `Message number ${n + 1}.`).toSorted(),
      )
      const missing = [...expected.tasks].filter(
        ([title, times]) => times === 'once' && titles.filter((one) => one === title).length !== 1,
      )
      expect(missing).toEqual([])
      expect(expected.strange).toEqual([])
      expect(expected.busy.withoutTime).toBe(0)
      const reported = [...expected.reports.values()].filter(({ times }) => times === 'once')
      const unheard = () =>
        reported.filter(
          ({ key }) =>
            !playground.world.calls.some(
              ({ ok, params }) =>
                ok &&
                new RegExp(`<b>${key}:</b>|need you[^]*<b>${key}</b>`).test(
                  String((params as { text?: string }).text),
                ),
            ),
        )
      // A list names at most twelve tasks; its first line counts all of them.
      const onlyCounted = () =>
        playground.world.calls
          .filter(({ ok }) => ok)
          .map(({ params }) =>
            /(\d+) tasks from [^<]* need you/.exec(String((params as { text?: string }).text)),
          )
          .reduce((sum, list) => sum + Math.max(0, Number(list?.[1] ?? 0) - maxListed), 0)
      const lost = () => (unheard().length <= onlyCounted() ? [] : unheard())
      await expect.poll(lost, { timeout: 60_000, interval: 500 }).toEqual([])
      expect(bot.output()).not.toMatch(/Uncaught|TypeError/)
    }

    test(
      `is waited for, ${outageSeconds} s long: health and agents get errors, nothing is lost, and the bot recovers by itself`,
      async () => {
        await proxy.close()
        for (let second = 0; second < outageSeconds; second += 1) {
          write()
          await pause(1_000)
        }
        const duringOutage = await health()
        await proxy.open()

        await expect.poll(health, { timeout: 30_000, interval: 200 }).toBe(200)
        await expectNothingLost()
        expect(duringOutage).toBe(503)
        expect(traffic.expected.busy.times).toBeGreaterThan(0)
        console.log(
          `${outageSeconds} s without Postgres, seed ${seed}: ${sentTexts} messages, ${traffic.expected.tasks.size} tasks of agents, ${traffic.expected.busy.times} times told to come again`,
        )
      },
      240_000 + outageSeconds * 6_000,
    )

    test('may repeatedly close all connections in the middle of transactions', async () => {
      const admin = postgres(board.databaseUrl ?? '', { max: 1, onnotice: () => {} })
      for (let time = 0; time < 15; time += 1) {
        write()
        await pause(200)
        await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`
      }
      await admin.end()

      await expect.poll(health, { timeout: 30_000, interval: 200 }).toBe(200)
      await expectNothingLost()
    }, 180_000)
  },
)
