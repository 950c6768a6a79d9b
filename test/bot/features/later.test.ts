import { sql } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { beforeEach, expect, test } from 'vitest'
import { rows } from '../../../src/db/rows.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import { snoozesJob } from '../../../src/jobs/snoozes.ts'
import { openLog } from '../../../src/log.ts'
import { connectAgent } from '../../support/agent.ts'
import type { TestBot } from '../../support/bot.ts'
import { addTasks, answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

// Tuesday, 15:00 in Berlin. The clock runs from there and is advanced by hand.
const start = Date.parse('2026-11-24T14:00:00Z')
const began = Date.now()
let ahead = 0
let lastBefore = 0
const now = () => new Date(start + ahead + Date.now() - began)
const setForward = (hours: number) => {
  ahead += hours * 3_600_000
}

const getBot = useBot({ now })
let bot: TestBot

beforeEach(async () => {
  bot = getBot()
  await changeSettings(bot.ctx, { quietHours: null, enabled: true, notifyNeedsYou: 'loud' })
  ahead = Math.ceil((now().getTime() - start) / 604_800_000) * 604_800_000 - (Date.now() - began)
  bot.world.faults.clear()
  lastBefore = bot.user.messages().at(-1)?.message_id ?? 0
  bot.user.mark()
})

const task = () => requireTask(bot.scope, 'WEB-1')
const lines: string[] = []
const log = openLog({ level: 'debug', write: (line) => void lines.push(line) })
const runJob = () => snoozesJob.run({ store: bot.db, ownerId: bot.scope.ownerId, now, log })
const snoozeRows = () => rows<{ task_id: string }>(bot.db, sql`select task_id from snoozes`)
const cardsOf = (title: string) =>
  bot.user.messages().filter(({ text, message_id }) => message_id > lastBefore && text?.includes(title))
/** Resolves when no message is waiting. */
const delivered = () =>
  expect
    .poll(
      () => rows(bot.db, sql`select id from bot_messages where state in ('pending', 'sending', 'uncertain')`),
      {
        timeout: 15_000,
        interval: 5,
      },
    )
    .toEqual([])
const changesNamed = async (action: string) =>
  rows<{ action: string }>(bot.db, sql`select action from audit_logs where action = ${action}`)

/** Returns WEB-1's card with the Later picker open. */
async function openPicker(status: 'inbox' | 'todo' | 'hold' = 'inbox'): Promise<Message> {
  await addTasks(bot, [{ title: 'Fix the login', status }])
  bot.user.sendText('/task WEB-1')
  const card = await bot.user.nextMessage('Fix the login', { within: 15_000 })
  if (status !== 'inbox') {
    bot.user.tap('Edit', card)
    await bot.user.nextEdit()
  }
  bot.user.tap('Later', card)
  return bot.user.nextEdit()
}

/** Snoozes WEB-1 until tomorrow morning and advances the clock to then. */
async function snoozedUntilNow(title = 'Fix the login'): Promise<void> {
  await addTasks(bot, [{ title }])
  await editTask(bot.ctx, 'WEB-1', { snoozedUntil: new Date(now().getTime() + 3_600_000) })
  setForward(2)
}

test('Later offers five choices', async () => {
  const picker = await openPicker()

  expect(labelsOn(picker)).toEqual(['Tonight', 'Tomorrow', 'Monday', 'Next week', 'No date (hold)', '‹ Back'])
})

test('Tomorrow snoozes the task, says when it comes back, and offers Undo', async () => {
  const picker = await openPicker()

  bot.user.tap('Tomorrow', picker)
  const parked = await bot.user.nextEdit('comes back')

  expect(parked.text?.split('\n')[0]).toBe('💤 WEB-1 comes back tomorrow 09:00')
  expect(labelsOn(parked)).toContain('↩️ Undo')
  expect(answersOf(bot).at(-1)).toBe('WEB-1 comes back tomorrow 09:00.')
  expect((await task()).snoozedUntil).not.toBeNull()
  expect(await changesNamed('task.snooze')).toHaveLength(1)
  expect(
    await rows(bot.db, sql`select id from events_outbox where payload -> 'changedFields' ? 'snoozed_until'`),
  ).toHaveLength(1)
})

test.each([
  ['Tonight', 'today 19:00'],
  ['Monday', 'Mon'],
  ['Next week', 'Tue'],
])('%s comes back %s', async (choice, when) => {
  const picker = await openPicker()

  bot.user.tap(choice, picker)

  expect((await bot.user.nextEdit('comes back')).text).toContain(`comes back ${when}`)
})

test('No date puts the task on hold', async () => {
  const picker = await openPicker()

  bot.user.tap('No date (hold)', picker)
  await bot.user.nextEdit('is on hold')

  expect(await task()).toMatchObject({ status: 'hold', snoozedUntil: null })
  expect(await changesNamed('task.move')).toHaveLength(1)
})

test.each(['todo', 'hold'] as const)('a task in %s can be snoozed', async (status) => {
  const picker = await openPicker(status)

  bot.user.tap('Tomorrow', picker)
  await bot.user.nextEdit('comes back')

  expect((await task()).status).toBe(status)
})

test('Undo shows the task again', async () => {
  const picker = await openPicker()
  bot.user.tap('Tomorrow', picker)
  await bot.user.nextEdit('comes back')

  bot.user.tap('↩️ Undo', picker)
  const back = await bot.user.nextEdit('📥 WEB-1')

  expect(labelsOn(back)).toContain('Later')
  expect((await task()).snoozedUntil).toBeNull()
})

test('choosing the same time twice changes nothing the second time', async () => {
  const picker = await openPicker()
  const data = dataOf(picker, 'No date (hold)')
  bot.user.tapData(data, picker)
  bot.user.tapData(data, picker)
  await bot.handled()

  expect(answersOf(bot).at(-1)).toBe('Already done.')
  expect(await changesNamed('task.move')).toHaveLength(1)
})

test('a task that an agent has can’t be snoozed', async () => {
  const picker = await openPicker()
  const agent = await connectAgent(bot)
  await agent.act('WEB-1', 'start')

  bot.user.tapData(dataOf(picker, 'Tomorrow'), picker)
  await bot.handled()

  expect(await task()).toMatchObject({ snoozedUntil: null, runState: 'running' })
  expect(answersOf(bot).at(-1)).toContain('WEB-1')
})

test('a deleted task can’t be snoozed', async () => {
  const picker = await openPicker()
  await deleteTask(bot.ctx, 'WEB-1')

  bot.user.tapData(dataOf(picker, 'Tomorrow'), picker)
  await bot.handled()

  expect(answersOf(bot).at(-1)).toBe('This task was deleted.')
  expect(await snoozeRows()).toEqual([])
})

test('in the deck, snoozing continues with the next card, and Undo brings the task back', async () => {
  await addTasks(bot, [{ title: 'First' }, { title: 'Second' }])
  bot.user.sendText('/inbox')
  const deck = await bot.user.nextMessage('1 of 2')
  bot.user.tap('Later', deck)
  const picker = await bot.user.nextEdit()
  expect(picker.message_id).toBe(deck.message_id)
  expect(labelsOn(picker)).toContain('Tonight')

  bot.user.tap('Tonight', deck)
  const next = await bot.user.nextEdit('Second')
  expect(next.text?.split('\n')[0]).toBe('2 of 2 · 💤 WEB-1 comes back today 19:00')
  bot.user.tap('Queue', deck)
  const end = await bot.user.nextEdit('triaged')
  expect(end.text).toBe('📥 2 triaged: 1 queued · 1 later')
  bot.user.tap('↩️ Undo', deck)
  await bot.user.nextEdit('Second')
  bot.user.tap('↩️ Undo', deck)
  await bot.user.nextEdit('First')

  expect(await snoozeRows()).toEqual([])
})

test('a snoozed task isn’t in the deck, the due list or the digest', async () => {
  await addTasks(bot, [{ title: 'Hidden away', dueAt: now() }])
  await editTask(bot.ctx, 'WEB-1', { snoozedUntil: new Date(now().getTime() + 3_600_000) })
  for (const command of ['/inbox', '/due', '/digest']) {
    bot.user.sendText(command)
    const shown = await bot.user.nextMessage()
    expect(`${command}: ${shown.text}`).not.toContain('Hidden away')
  }
})

test.each([
  ['Queue', { status: 'todo', runState: 'queued' }],
  ['Todo', { status: 'todo', runState: null }],
] as const)('%s ends a snooze', async (label, state) => {
  const picker = await openPicker()
  bot.user.tap('Tomorrow', picker)
  await bot.user.nextEdit('comes back')

  bot.user.tap(label, picker)
  await bot.user.nextEdit()
  await bot.handled()

  expect(await task()).toMatchObject({ ...state, snoozedUntil: null })
  expect(await snoozeRows()).toEqual([])
})

test.each([
  ['a question', 'block', { reason: 'Red or blue?' }, 'Red or blue?'],
  ['a start', 'start', undefined, 'laptop'],
] as const)('%s by an agent ends a snooze', async (_, action, result, then) => {
  const picker = await openPicker('todo')
  bot.user.tap('Tomorrow', picker)
  await bot.user.nextEdit('comes back')
  const agent = await connectAgent(bot)

  const { status } = await agent.act('WEB-1', action, result)
  await bot.user.nextPost(then, { within: 15_000 })

  expect(status).toBe(200)
  expect(await snoozeRows()).toEqual([])
})

test('a comment doesn’t end a snooze', async () => {
  const picker = await openPicker()
  bot.user.tap('Tomorrow', picker)
  await bot.user.nextEdit('comes back')

  bot.user.reply(picker, 'Not before the release')
  await bot.handled()

  expect(await snoozeRows()).toHaveLength(1)
})

test('a snoozed task comes back once, with a sound, as a card that shows whose turn it is', async () => {
  await snoozedUntilNow()

  await runJob()
  const card = await bot.user.nextMessage('Fix the login', { within: 15_000 })
  await delivered()
  await runJob()
  await runJob()
  await bot.handled()

  expect(card.text).toMatch(/^📥 WEB-1 Fix the login\nInbox/)
  expect(labelsOn(card)).toEqual(expect.arrayContaining(['Queue', 'Todo', 'Later', 'Drop']))
  expect(bot.user.post(card)?.silent ?? false).toBe(false)
  expect(cardsOf('Fix the login')).toHaveLength(1)
  expect(await snoozeRows()).toEqual([])
})

test('a task is no longer snoozed once its message is queued', async () => {
  await snoozedUntilNow()
  const restore = bot.world.faults.add({ kind: 'refuse-connection' })

  await runJob()
  const waiting = await snoozeRows()
  const { snoozedUntil } = await task()
  restore()
  await bot.user.nextMessage('Fix the login', { within: 15_000 })
  await delivered()

  expect(waiting).toHaveLength(1)
  expect(snoozedUntil).toBeNull()
})

test('a card that Telegram refuses at first is sent once, and only then does the snooze end', async () => {
  await snoozedUntilNow()
  bot.world.faults.add({ kind: '500', method: 'sendMessage', times: 2 })

  await runJob()
  await runJob()
  expect(await snoozeRows()).toHaveLength(1)
  await bot.user.nextMessage('Fix the login', { within: 15_000 })
  await delivered()
  await runJob()

  expect(cardsOf('Fix the login')).toHaveLength(1)
  expect(await snoozeRows()).toEqual([])
})

test('a restart between queueing and sending the message neither loses nor repeats it', async () => {
  await snoozedUntilNow()
  const restore = bot.world.faults.add({ kind: 'refuse-connection' })
  await runJob()
  const stopped = bot.restart()
  restore()
  await stopped

  await bot.user.nextMessage('Fix the login', { within: 15_000 })
  await delivered()
  await runJob()
  await runJob()
  await bot.handled()

  expect(cardsOf('Fix the login')).toHaveLength(1)
  expect(await snoozeRows()).toEqual([])
})

test('startup finds snoozes that ended while the process was down', async () => {
  await snoozedUntilNow()

  await bot.restart()
  await bot.user.nextMessage('Fix the login', { within: 15_000 })
  await delivered()

  expect(cardsOf('Fix the login')).toHaveLength(1)
})

test('with two processes, a task comes back once', async () => {
  await snoozedUntilNow()

  await Promise.all([runJob(), runJob(), runJob()])
  await bot.user.nextMessage('Fix the login', { within: 15_000 })
  await delivered()
  await runJob()
  await bot.handled()

  expect(cardsOf('Fix the login')).toHaveLength(1)
})

test('many tasks that come back together are one list, each of them once', async () => {
  await addTasks(
    bot,
    Array.from({ length: 8 }, (_, index) => ({ title: `Later task ${index + 1}` })),
  )
  for (let number = 1; number <= 8; number += 1)
    await editTask(bot.ctx, `WEB-${number}`, { snoozedUntil: new Date(now().getTime() + 3_600_000) })
  setForward(2)

  await runJob()
  const list = await bot.user.nextMessage('Later task 8')
  await delivered()
  await runJob()
  await runJob()
  await bot.handled()

  expect(list.text).toContain('Later task 1')
  expect(cardsOf('Later task')).toHaveLength(1)
  expect(await snoozeRows()).toEqual([])
})

test('a task that is snoozed again before its message is sent gets no message', async () => {
  await snoozedUntilNow()
  const restore = bot.world.faults.add({ kind: 'refuse-connection' })
  await runJob()
  await editTask(bot.ctx, 'WEB-1', { snoozedUntil: new Date(now().getTime() + 3_600_000) })
  restore()
  await runJob()
  bot.user.sendText('/due')
  await bot.user.nextMessage('due', { within: 15_000 })

  expect(cardsOf('Fix the login')).toEqual([])
  expect(await snoozeRows()).toHaveLength(1)
})

test('in quiet hours, a task comes back silently', async () => {
  await changeSettings(bot.ctx, { quietHours: '00:00-23:59' })
  await snoozedUntilNow()

  await runJob()
  const card = await bot.user.nextMessage('Fix the login', { within: 15_000 })
  await delivered()

  expect(bot.user.post(card)?.silent).toBe(true)
})

test.each([
  ['notifications are off', { enabled: false }],
  ['nothing that needs the owner is sent', { notifyNeedsYou: 'off' }],
] as const)('while %s, a task comes back only on the board', async (_, settings) => {
  await changeSettings(bot.ctx, settings)
  await snoozedUntilNow()

  await runJob()

  expect(await snoozeRows()).toEqual([])
  expect((await task()).snoozedUntil).toBeNull()
  expect(await rows(bot.db, sql`select id from bot_messages where purpose = 'card'`)).toEqual([])
})
