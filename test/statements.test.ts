import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../src/db/postgres/postgres.ts'
import { newestEventId } from '../src/domain/core/outbox.ts'
import { editTask } from '../src/domain/tasks/edit/edit.ts'
import { readState } from '../src/telegram/store/bot-state.ts'
import { openApi, type TestApi } from './support/api.ts'
import { openBoard } from './support/board.ts'
import { openTestBot, type TestBot } from './support/bot.ts'
import { onPostgres } from './support/tasks.ts'
import { openWireProxy, type WireProxy, type WireStatement } from './support/wire-statements.ts'

// How many statements a path may send, with the loops that it wakes.
const limits = {
  'a text becomes a task with its card': 14,
  'a tap edits its card': 12,
  'an agent completes a task': 3,
  // The token, the session and its words, and their marks.
  'a hook reports a used tool': 3,
  'a hook brings a reply': 3,
} as const
type Path = keyof typeof limits

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

// The leader confirms its lock by the clock, whatever happens.
const isLeader = ({ application }: WireStatement) => application.endsWith('-leader')

/** Checks the median of several runs: a timer, e.g. for the late edit of an earlier card, may fall into one. */
function expectWithin(path: Path, measured: readonly (readonly WireStatement[])[]): void {
  const sorted = [...measured].sort((one, other) => one.length - other.length)
  const median = sorted[Math.floor(sorted.length / 2)] ?? []
  const texts = median.map(({ text }) => text).join('\n')
  expect(median.length).toBeGreaterThan(0)
  expect(median.length, `It sent:\n${texts}`).toBeLessThanOrEqual(limits[path])
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

      const measure = async (act: () => Promise<unknown>) => {
        await settled(bot)
        wire.take()
        await act()
        await settled(bot)
        return wire.take().filter((statement) => !isLeader(statement))
      }

      test('a text becomes a task with its card, and a tap edits it, within the limits', async () => {
        const [texts, taps]: [WireStatement[][], WireStatement[][]] = [[], []]
        for (let run = 0; run < runs; run += 1) {
          const title = `Fix login ${run}`
          texts.push(
            await measure(async () => {
              bot.user.sendText(title)
              await bot.user.nextMessage(title)
            }),
          )
          taps.push(
            await measure(async () => {
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

      test('a hook reports a used tool and brings a reply within the limits', async () => {
        const key = await api.task({ status: 'todo' })
        const headers = { 'preqbot-session': 's1' }
        await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' }, headers })
        const body = { session_id: 's1', hook_event_name: 'PostToolUse', tool_name: 'Read', tool_input: {} }
        const use = async () => {
          wire.take()
          const { body: answer } = await api.call('POST', '/hooks/claude', { body })
          return { answer, sent: wire.take() }
        }
        const [plain, bringing]: [WireStatement[][], WireStatement[][]] = [[], []]
        await use()
        for (let run = 0; run < runs; run += 1) {
          plain.push((await use()).sent)
          await editTask(api.ctx, key, { comment: 'Use the left one' })
          const { answer, sent } = await use()
          expect(answer.hookSpecificOutput.additionalContext).toContain('Use the left one')
          // What follows is recorded once the answer has been written.
          bringing.push(sent.slice(0, -2))
        }

        expectWithin('a hook reports a used tool', plain)
        expectWithin('a hook brings a reply', bringing)
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
