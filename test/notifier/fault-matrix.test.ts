import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rows } from '../../src/db/rows.ts'
import { readOwnerSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { digestJob } from '../../src/jobs/digest.ts'
import { enqueue } from '../../src/telegram/store/messages/enqueue.ts'
import { html } from '../../src/view/kit/html.ts'
import { toRequest } from '../../src/view/kit/request.ts'
import { type Answers, openAnswers } from '../support/answers.ts'
import { growth, heapInUse } from '../support/heap.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { createRandom } from '../support/random.ts'
import { addTask } from '../support/tasks.ts'

// MATRIX=1000 runs it at full length. The default runs the same with fewer messages.
const perCell = Number(process.env.MATRIX ?? 2)
const seed = Number(process.env.SEED ?? 20_261)
const faultShare = 0.3
const maxAtOnce = 4
const mayGrowMb = 4
// The pool opens connections as needed, each with a timer for its end.
const maxConnections = 10

const repeat = '🔁 possibly a repeat\n'
const throttled = /^(?:send(?:Message|Document|Photo)|edit)/
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const faults = [
  { kind: 'refuse-connection' },
  { kind: 'lost-before' },
  { kind: 'lost-after' },
  { kind: '429', retryAfter: 7 },
  { kind: '500' },
  { kind: '400-parse' },
  { kind: '403-blocked' },
] as const

interface Purpose {
  readonly name: string
  /** Causes the messages with these marks in their text. */
  readonly cause: (marks: readonly string[]) => Promise<void>
  /** Returns a unique marker for each index. */
  readonly marks: (first: number, count: number) => string[]
  /** The mark appears in an edited message. */
  readonly inPlace?: true
}

let notifier: NotifierHarness
let answers: Answers
let pool: Task[]

const dayName = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
})
const numbered = (word: string) => (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${word} ${first + index}.`)
const block = (index: number, blockedReason: string) =>
  editTask(notifier.agent, pool[index]?.key ?? '', { lifecycle: 'block', result: { blockedReason } })

const purposes: readonly Purpose[] = [
  {
    name: 'card',
    marks: numbered('Card'),
    cause: async (marks) => {
      for (const title of marks) await createTask(notifier.agent, { projectId: notifier.project.id, title })
    },
  },
  {
    name: 'question',
    marks: numbered('Question'),
    cause: async (marks) => {
      for (const [index, mark] of marks.entries()) await block(index, mark)
    },
  },
  {
    name: 'digest',
    // Each message is from another day; on Mondays the weekly review follows.
    marks: () => {
      const { clock } = notifier.board
      clock.advance({ days: 1 })
      const date = dayName.format(clock.now()).replace(',', '')
      return date.startsWith('Mon') ? [date, 'Your week'] : [date]
    },
    cause: async () => {
      const { board, log } = notifier
      await digestJob.run({ store: board.db, ownerId: board.ownerId, now: board.clock.now, log })
    },
  },
  {
    name: 'document',
    marks: numbered('Document'),
    cause: async (marks) => {
      const { board, user } = notifier
      for (const [index, mark] of marks.entries()) {
        if (index > 0) {
          const file = { name: 'report.md', content: mark }
          const request = toRequest({ text: html`📎 ${mark}` }, { file, silent: true })
          const message = {
            chatId: user.chatId,
            purpose: 'notification',
            request,
            priority: 'urgent',
          } as const
          await enqueue(board.db, [message], board.clock.now())
        } else {
          const at = board.clock.now().toISOString()
          const picture = { title: mark, from: at, to: at, timeZone: 'UTC' }
          const request = toRequest({ text: html`<b>${mark}</b>` }, { picture })
          await enqueue(
            board.db,
            [{ chatId: user.chatId, purpose: 'digest', request, priority: 'normal' }],
            board.clock.now(),
          )
        }
      }
    },
  },
  {
    name: 'edit',
    marks: numbered('Edit'),
    inPlace: true,
    cause: async (marks) => {
      notifier.board.clock.advance({ ms: 1 })
      for (const [index, title] of marks.entries()) {
        await editTask(notifier.agent, pool[index]?.key ?? '', { title })
      }
    },
  },
  {
    name: 'answer',
    marks: numbered('Answer'),
    cause: async (marks) => {
      for (const mark of marks) {
        notifier.user.sendText(mark)
        await answers.handle()
      }
    },
  },
]

describe.each(purposes)('$name', (purpose) => {
  /** Posts since the last check, and what replaced them. */
  const shown: string[] = []
  const memory: number[] = []
  let first = 1
  let timers = 0

  beforeAll(async () => {
    notifier = await openNotifier({ renderPng: async () => png })
    answers = openAnswers(notifier)
    pool = []
    for (let index = 0; index < maxAtOnce; index += 1) {
      pool.push(
        purpose.inPlace
          ? (await createTask(notifier.agent, { projectId: notifier.project.id, title: `Task ${index}` }))
              .task
          : await addTask(notifier.board, notifier.project, { title: `Task ${index}` }),
      )
    }
    await notifier.run(10)
    const settings = await readOwnerSettings(notifier.board.scope)
    const [hours = 0, minutes = 0] = settings.digestTime.split(':').map(Number)
    if (purpose.name === 'digest') {
      notifier.board.clock.set(new Date(Date.UTC(2026, 10, 24, hours, minutes)).toISOString())
      await purpose.cause([])
    }
    notifier.telegram.world.subscribe((event) => {
      if (event.type !== (purpose.inPlace ? 'edited' : 'message') || !event.post.fromBot) return
      const { text, caption } = event.post.message
      shown.push(text ?? caption ?? '')
    })
    timers = timersLeft()
  })
  afterAll(async () => {
    await answers.stop()
    await notifier.close()
  })

  test.each(faults)(
    `loses none of ${perCell}, marks every repeat and respects each pause if calls meet $kind (seed ${seed})`,
    async (fault) => {
      const random = createRandom(seed)
      const { world } = notifier.telegram
      const trouble = troubleBy(fault, random)
      const bad: string[] = []
      const last = first + perCell - 1
      while (first <= last) {
        const count = Math.min(1 + Math.floor(random() * maxAtOnce), last - first + 1)
        const marks = purpose.marks(first, count)
        first += marks.length
        await trouble.during(() => purpose.cause(marks))
        await deliverAll(trouble, random)
        bad.push(...marks.flatMap((mark) => misdelivered(mark, shown)))
        bad.push(...shown.filter((text) => !marks.some((mark) => text.includes(mark))))
        shown.length = 0
        if ((last - first) % 10 < count) {
          // The chat's history belongs to Telegram, not to our memory use.
          if (!purpose.inPlace) for (const room of world.rooms.values()) room.posts.clear()
          world.files.clear()
          world.calls.length = 0
          notifier.clear()
          memory.push(heapInUse())
        }
      }
      expect(bad).toEqual([])
      expect(trouble.met()).toBeGreaterThan(0)
      expect(world.violations).toEqual([])
      expect(await statesOf(notifier)).toEqual([{ state: 'sent', stale: false }])
      expect(timersLeft()).toBeLessThanOrEqual(timers + maxConnections)
    },
    3_600_000,
  )

  test('uses no more memory at the end than at the start', () => {
    expect(growth(memory.slice(Math.ceil(memory.length / 7)))).toBeLessThan(mayGrowMb)
  })
})

interface Trouble {
  /** Runs the work, sometimes with a fault for its first call. */
  readonly during: (work: () => Promise<unknown>) => Promise<void>
  /** How many calls met the fault. */
  readonly met: () => number
}

function troubleBy(fault: (typeof faults)[number], random: () => number): Trouble {
  let met = 0
  return {
    during: async (work) => {
      const isMeant = random() < faultShare || met === 0
      const end = isMeant ? notifier.telegram.world.faults.add({ ...fault, method: throttled }) : () => 0
      await work()
      const times = end()
      // Refused connections aren't counted elsewhere.
      met += isMeant && fault.kind === 'refuse-connection' ? 1 : times
    },
    met: () => met,
  }
}

/** Delivers until nothing is left. */
async function deliverAll(trouble: Trouble, random: () => number): Promise<void> {
  for (;;) {
    let waitMs = 0
    await trouble.during(async () => {
      waitMs = await notifier.step()
    })
    if (waitMs === 0) continue
    if (!(await isSomethingLeft(notifier))) return
    if (notifier.delivery().stopped() === null || random() < 0.1) notifier.board.clock.advance({ ms: waitMs })
    // The owner is reachable again.
    else notifier.delivery().resume()
  }
}

/** Returns what's wrong with how a mark was shown: it must arrive, and at most once without a repeat mark. */
function misdelivered(mark: string, shown: readonly string[]): string[] {
  const found = shown.filter((text) => text.includes(mark))
  if (found.length === 0) return [`${mark} was lost`]
  const unmarked = found.filter((text) => !text.startsWith(repeat))
  return unmarked.length > 1 ? [`${mark} came ${unmarked.length} times`] : []
}

async function isSomethingLeft({ board }: NotifierHarness): Promise<boolean> {
  const left = sql`select 1 from bot_messages where state in ('pending', 'sending', 'uncertain') or stale limit 1`
  return (await rows(board.db, left)).length > 0
}

async function statesOf({ board }: NotifierHarness): Promise<{ state: string; stale: boolean }[]> {
  return rows(board.db, sql`select distinct state, stale from bot_messages order by 1, 2`)
}

function timersLeft(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}
