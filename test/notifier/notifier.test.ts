import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventsOutbox, tasks } from '../../src/db/schema.ts'
import { createWakeup, newestEventId } from '../../src/domain/core/outbox.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { openLog } from '../../src/log.ts'
import { createNotifier, type Notifier } from '../../src/notifier/notifier.ts'
import { renderPng } from '../../src/pictures/render-png.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { createTelegramApi } from '../../src/telegram/client.ts'
import { readState, writeState } from '../../src/telegram/store/bot-state.ts'
import { bindChat } from '../../src/telegram/store/chat-binding.ts'
import { enqueue } from '../../src/telegram/store/messages/enqueue.ts'
import { createThrottle } from '../../src/telegram/throttle.ts'
import { agent, type Board, openBoard } from '../support/board.ts'
import { addProject, addTask } from '../support/tasks.ts'

let board: Board
let telegram: Playground
let user: VirtualUser
let notifier: Notifier
let stop: () => Promise<void>
const wakeup = createWakeup()
const now = () => new Date()

beforeEach(async () => {
  board = await openBoard()
  telegram = await openPlayground()
  user = virtualUser(telegram.world)
  const throttle = createThrottle()
  const api = createTelegramApi({ token: telegram.token, apiRoot: telegram.url, throttle })
  const log = openLog({ level: 'silent' })
  notifier = createNotifier({
    store: board.db,
    ownerId: board.ownerId,
    api,
    throttle,
    wakeup,
    now,
    log,
    renderPng,
  })
  stop = await notifier.start()
  await bindChat(board.ctx, { chatId: user.chatId, userId: user.userId })
})
afterEach(async () => {
  await stop()
  await telegram.close()
  await board.close()
})

const block = async (reason: string) => {
  const project = await addProject(board, `P${reason.toUpperCase()}`)
  const task = await addTask(board, project)
  await editTask(board.as(agent), task.key, { lifecycle: 'block', result: { blockedReason: reason } })
}

test('sends events at the signal', async () => {
  await block('one')
  wakeup.trigger()
  expect((await user.nextMessage('one')).text).toMatch(/^⛔ PONE-1: one/)
})

test('sends events within two seconds without a signal', async () => {
  await block('two')
  await user.nextMessage('two', { within: 5_000 })
  expect(notifier.state()).toEqual({ stopped: null, pausedUntil: null })
})

test('goes by the stored position: one whose commit was lost is reached again without a further event', async () => {
  await block('one')
  wakeup.trigger()
  await user.nextMessage('one')
  const position = () => readState<number>(board.db, 'notifier_cursor')
  const reached = await newestEventId(board.scope)
  await expect.poll(position, { timeout: 5_000 }).toBe(reached)

  await writeState(board.db, 'notifier_cursor', reached - 1, now())
  wakeup.trigger()

  await expect.poll(position, { timeout: 5_000 }).toBe(reached)
})

test('stops, and continues where it was after a start', async () => {
  await stop()
  await block('three')
  stop = await notifier.start()
  expect((await user.nextMessage('three', { within: 5_000 })).text).toContain('three')
})

test('continues if an earlier start ends late', async () => {
  const stopEarlier = stop
  stop = await notifier.start()

  await stopEarlier()
  await block('five')

  await user.nextMessage('five', { within: 5_000 })
})

test('holds everything for as long as Telegram asks, then continues', async () => {
  const { faults, calls } = telegram.world
  faults.add({ kind: '429', method: 'sendMessage', retryAfter: 1 })
  await block('four')
  wakeup.trigger()
  await user.nextMessage('four', { within: 10_000 })
  const refused = calls.find(({ error }) => error?.code === 429)
  const after = calls.filter(({ at }) => refused !== undefined && at > refused.at)
  expect(after.every(({ at }) => at.getTime() - (refused?.at.getTime() ?? 0) >= 1_000)).toBe(true)
  expect(telegram.world.violations).toEqual([])
})

test('sends a document again that a 429 refused', async () => {
  telegram.world.faults.add({ kind: '429', method: 'sendDocument', retryAfter: 1 })
  const request = {
    method: 'sendDocument',
    parameters: { caption: 'A file' },
    file: { name: 'a.md', content: 'words' },
  } as const
  await enqueue(
    board.db,
    [{ chatId: user.chatId, purpose: 'notification', request, priority: 'urgent' }],
    now(),
  )
  const message = await user.nextMessage('A file', { within: 10_000 })
  expect(message.document?.file_name).toBe('a.md')
})

test.each([
  ['without an actor', 'TASK_STATUS_CHANGED', { from: 'todo', to: 'ready', title: 'Their work' }],
  ['without a payload', 'TASK_STATUS_CHANGED', null],
  ['of another type', 'TASK_PRAISED', { title: 'Their work' }],
])("another program's event %s doesn't stop the notifier", async (_, eventType, payload) => {
  const project = await addProject(board, 'THEIRS')
  const task = await addTask(board, project, { title: 'Their work' })
  await board.db.update(tasks).set({ status: 'ready' }).where(eq(tasks.id, task.id))
  await board.db
    .insert(eventsOutbox)
    .values({ ownerId: board.ownerId, eventType, entityType: 'task', entityId: task.key, payload })

  await block('later')
  wakeup.trigger()

  await user.nextMessage('later')
})

test("another program's event without an actor is reported like the board's own", async () => {
  const project = await addProject(board, 'THEIRS')
  const task = await addTask(board, project, { title: 'Their work' })
  await board.db.update(tasks).set({ status: 'ready' }).where(eq(tasks.id, task.id))
  await board.db.insert(eventsOutbox).values({
    ownerId: board.ownerId,
    eventType: 'TASK_STATUS_CHANGED',
    entityType: 'task',
    entityId: task.key,
    payload: { from: 'todo', to: 'ready' },
  })
  wakeup.trigger()

  expect((await user.nextMessage('Their work')).text).toMatch(/^🏁 THEIRS-1: Ready for review\nTheir work/)
})
