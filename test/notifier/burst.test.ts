import { and, count, eq, inArray } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { botMessages, eventsOutbox } from '../../src/db/schema.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { findTask } from '../../src/domain/tasks/read.ts'
import { growth, heapInUse } from '../support/heap.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { createRandom } from '../support/random.ts'
import { addTask } from '../support/tasks.ts'

// BURST=60 runs a full minute with 10,000 events. The default runs the same for a shorter time.
const seconds = Number(process.env.BURST ?? 3)
const seed = Number(process.env.SEED ?? 20_262)
const eventsPerSecond = 10_000 / 60
const sliceMs = 100
const secondsPerBlock = 2
const cards = 12

let notifier: NotifierHarness
beforeEach(async () => {
  notifier = await openNotifier()
})
afterEach(() => notifier.close())

test(`${seconds} s of 10,000 events a minute: what needs the owner is on time, nothing floods, the final states show (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const { board, agent, project, telegram, user } = notifier
  const { world } = telegram
  const ids: string[] = []
  for (let index = 0; index < cards; index += 1) {
    ids.push((await createTask(agent, { projectId: project.id, title: `Hot ${index}` })).task.id)
    await notifier.run(4)
  }
  const blocked = []
  for (let index = 0; index < seconds / secondsPerBlock; index += 1)
    blocked.push(await addTask(board, project))
  world.limits.enabled = true
  const eventsOf = async () => (await board.db.select({ all: count() }).from(eventsOutbox))[0]?.all ?? 0
  const began = board.clock.now().getTime()
  const eventsBefore = await eventsOf()
  const asked = new Map<string, number>()
  const notified = new Map<string, number>()
  const memory: number[] = []
  world.subscribe((event) => {
    if (event.type !== 'message') return
    for (const key of asked.keys()) {
      if (!notified.has(key) && event.post.message.text?.includes(`${key}:`))
        notified.set(key, board.clock.now().getTime())
    }
  })

  let made = 0
  for (let slice = 0; slice < (seconds * 1_000) / sliceMs; slice += 1) {
    const at = (slice * sliceMs) / 1_000
    if (Number.isInteger(at / secondsPerBlock)) {
      const key = blocked[at / secondsPerBlock]?.key ?? ''
      asked.set(key, board.clock.now().getTime())
      await editTask(agent, key, { lifecycle: 'block', result: { blockedReason: 'The access is missing.' } })
    }
    for (; made < (at + sliceMs / 1_000) * eventsPerSecond; made += 1) {
      board.clock.advance({ ms: sliceMs / eventsPerSecond })
      const id = ids[Math.floor(random() * ids.length)] ?? ''
      await editTask(agent, id, { title: `Hot at ${made}` })
    }
    const sliceEnds = began + (slice + 1) * sliceMs
    await notifier.run(Math.max(0, sliceEnds - board.clock.now().getTime()) / 1_000)
    if (slice % 10 === 9) memory.push(heapInUse())
  }
  const events = (await eventsOf()) - eventsBefore
  await notifier.run(cards * 4)

  expect(events).toBeGreaterThanOrEqual(seconds * eventsPerSecond)
  const waits = [...asked].map(([key, from]) => (notified.get(key) ?? Number.POSITIVE_INFINITY) - from)
  expect(waits.sort((a, b) => a - b)[Math.ceil(waits.length * 0.95) - 1]).toBeLessThanOrEqual(3_000)
  const living = await board.db
    .select()
    .from(botMessages)
    .where(and(eq(botMessages.purpose, 'card'), inArray(botMessages.taskId, ids)))
  expect(living).toHaveLength(cards)
  for (const { taskId, messageId, state, stale } of living) {
    const task = await findTask(board.scope, taskId ?? '')
    expect({ state, stale }).toEqual({ state: 'sent', stale: false })
    expect(user.messages().find(({ message_id }) => message_id === messageId)?.text).toContain(task?.title)
  }
  expect(world.calls.filter(({ error }) => error?.code === 429).length).toBeLessThanOrEqual(1)
  expect(world.violations).toEqual([])
  expect(growth(memory)).toBeLessThan(4)
}, 3_600_000)
