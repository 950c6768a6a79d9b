import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../src/db/postgres/postgres.ts'
import { newestEventId } from '../src/domain/core/outbox.ts'
import { readState } from '../src/telegram/store/bot-state.ts'
import { openApi, type TestApi } from './support/api.ts'
import { openBoard } from './support/board.ts'
import { openTestBot, type TestBot } from './support/bot.ts'
import { onPostgres } from './support/tasks.ts'
import { openWireProxy, type WireProxy, type WireStatement } from './support/wire-statements.ts'

// How many statements a path may send, and the goal to which that limit is to be lowered.
const paths = {
  'a text becomes a task with its card': { limit: 33, goal: 14 },
  'a tap edits its card': { limit: 28, goal: 12 },
  'an agent completes a task': { limit: 4, goal: 4 },
} as const
type Path = keyof typeof paths

// A timer that falls into a run adds its own statements, so the fewest of several runs count.
const runs = 7

/** Collects what goes to Postgres. */
interface Wire {
  readonly open: (url: string) => ReturnType<typeof openPostgres>
  /** Returns what was sent since the last call. */
  readonly take: () => WireStatement[]
  readonly close: () => Promise<void>
}

function createWire(): Wire {
  let sent: WireStatement[] = []
  let proxy: WireProxy | null = null
  return {
    open: async (url) => {
      proxy = await openWireProxy(url, (statement) => sent.push(statement))
      return openPostgres(proxy.url, () => {}, { migrate: false })
    },
    take: () => {
      const taken = sent
      sent = []
      return taken
    },
    close: async () => proxy?.close(),
  }
}

const isLeader = ({ application }: WireStatement) => application.endsWith('-leader')
const starts = (words: string) => (statement: WireStatement) => statement.text.startsWith(words)
const isBegin = starts('begin')
const isCommit = starts('commit')
const isSettings = starts('select "key", "value" from "user_settings"')
// The notifier begins each of its rounds with the settings and a transaction with this statement.
const isRound = starts('update "deletion_limits" set "asked_at"')

/** Leaves out the leader's lock and what the loops repeat while nothing happens. */
function withoutLoops(sent: readonly WireStatement[], repeated: ReadonlySet<string>): WireStatement[] {
  const ofRounds = new Set<WireStatement | undefined>()
  for (const [index, round] of sent.entries()) {
    if (!isRound(round)) continue
    const isOfSession = ({ connection }: WireStatement) => connection === round.connection
    const [earlier, later] = [sent.slice(0, index), sent.slice(index + 1)]
    ofRounds.add(earlier.findLast((one) => isOfSession(one) && isBegin(one)))
    ofRounds.add(later.find((one) => isOfSession(one) && isCommit(one)))
    ofRounds.add(earlier.findLast((one) => isSettings(one) && !ofRounds.has(one)))
  }
  const isShared = (statement: WireStatement) => [isBegin, isCommit, isSettings].some((is) => is(statement))
  return sent.filter((statement) => {
    if (isLeader(statement) || ofRounds.has(statement)) return false
    return isShared(statement) || !repeated.has(statement.text)
  })
}

/** Checks the median of several runs: a late edit of an earlier card may fall into one. */
function expectWithin(path: Path, measured: readonly (readonly WireStatement[])[]): void {
  const sorted = [...measured].sort((one, other) => one.length - other.length)
  const median = sorted[Math.floor(sorted.length / 2)] ?? []
  const { limit, goal } = paths[path]
  const texts = median.map(({ text }) => text).join('\n')
  expect(median.length).toBeGreaterThan(0)
  expect(median.length, `The goal is ${goal}. It sent:\n${texts}`).toBeLessThanOrEqual(limit)
}

describe.skipIf(!onPostgres)(
  'statements on the wire (skipped on the embedded database, which has none)',
  () => {
    describe('of the chat', () => {
      const wire = createWire()
      let bot: TestBot
      beforeAll(async () => {
        bot = await openTestBot({ openDatabase: wire.open, updates: 'polling' })
      })
      afterAll(async () => {
        await bot.close()
        await wire.close()
      })

      const measure = async (repeated: ReadonlySet<string>, act: () => Promise<unknown>) => {
        await settled(bot)
        wire.take()
        await act()
        await settled(bot)
        return withoutLoops(wire.take(), repeated)
      }

      test('a text becomes a task with its card, and a tap edits it, within the limits', async () => {
        await settled(bot)
        const loops = await loopsOf(wire)
        const [texts, taps]: [WireStatement[][], WireStatement[][]] = [[], []]
        for (let run = 0; run < runs; run += 1) {
          const title = `Fix login ${run}`
          texts.push(
            await measure(loops, async () => {
              bot.user.sendText(title)
              await bot.user.nextMessage(title)
            }),
          )
          taps.push(
            await measure(loops, async () => {
              bot.user.tap('Todo')
              await bot.user.nextEdit('Todo')
            }),
          )
        }

        expectWithin('a text becomes a task with its card', texts)
        expectWithin('a tap edits its card', taps)
      })
    })

    describe('of the agent API', () => {
      const wire = createWire()
      let api: TestApi
      let closeDatabase: () => Promise<void>
      beforeAll(async () => {
        const board = await openBoard()
        const { db, close } = await wire.open(board.url ?? '')
        closeDatabase = close
        api = await openApi({ db }, board)
      })
      afterAll(async () => {
        await closeDatabase()
        await wire.close()
        await api.close()
      })

      test('an agent completes a task within the limit', async () => {
        const measured: WireStatement[][] = []
        for (let run = 0; run < runs; run += 1) {
          const path = `/api/tasks/${await api.task()}`
          await api.call('PATCH', path, { body: { lifecycle_action: 'start' } })
          wire.take()
          const body = { lifecycle_action: 'complete', result: { summary: 'Done.' } }
          const { status } = await api.call('PATCH', path, { body })
          expect(status).toBe(200)
          measured.push(wire.take())
        }

        expectWithin('an agent completes a task', measured)
      })
    })
  },
)

/** Resolves once all updates are handled and the notifier has decided on all events. */
async function settled(bot: TestBot): Promise<void> {
  await bot.handled()
  const cursor = () => readState<number>(bot.db, 'notifier_cursor')
  await expect.poll(cursor, { interval: 5 }).toBe(await newestEventId(bot.scope))
}

/** Returns what the loops of an idle bot send more than once while the leader confirms its lock twice. */
async function loopsOf(wire: Wire): Promise<ReadonlySet<string>> {
  const sent: WireStatement[] = []
  const checks = () => {
    sent.push(...wire.take())
    return sent.filter(isLeader).filter(({ text }) => text.includes('pg_locks')).length
  }
  await expect.poll(checks).toBeGreaterThan(0)
  sent.length = 0
  await expect.poll(checks).toBeGreaterThan(1)
  const texts = sent.map(({ text }) => text)
  return new Set(texts.filter((text, index) => texts.indexOf(text) !== index))
}
