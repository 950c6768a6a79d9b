import { sql } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { expect, test } from 'vitest'
import { rows } from '../../../src/db/rows.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { countByStatus, countTasks, listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import { connectAgent } from '../../support/agent.ts'
import { addTasks, answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()
const mainRows = ['Queue', 'Todo', 'Later', 'Drop', 'Skip', 'More']

const task = (key: string) => requireTask(bot().scope, key)
const drafts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ title: `Task ${index + 1}` }))
const bytesOfTap = (label: string, on: Message) => dataOf(on, label)

async function openDeck(count: number): Promise<Message> {
  await addTasks(bot(), drafts(count))
  bot().user.sendText('/inbox')
  return bot().user.nextMessage(`1 of ${count}`)
}

/** Taps a button of the deck and waits for what it shows next. */
async function tap(label: string, deck: Message, then?: string): Promise<Message> {
  bot().user.tap(label, deck)
  return bot().user.nextEdit(then)
}

test('twenty inbox tasks are triaged in one message with twenty taps', { timeout: 60_000 }, async () => {
  const deck = await openDeck(20)
  const moves = ['Queue', 'Todo', 'Drop', 'Skip']

  for (let i = 0; i < 20; i += 1)
    await tap(moves[i % 4] as string, deck, i === 19 ? 'triaged' : `${i + 2} of 20`)

  expect(bot().user.current(deck)?.text).toBe('📥 15 triaged: 5 queued · 5 todo · 5 dropped\n5 skipped')
  expect(await countByStatus(bot().scope)).toMatchObject({ inbox: 5, todo: 10, archived: 5 })
})

test('ten tasks are queued with one message and ten taps', async () => {
  await addTasks(bot(), drafts(10))
  let acts = 1
  bot().user.sendText('/inbox')
  const deck = await bot().user.nextMessage('1 of 10')
  while (labelsOn(bot().user.current(deck)).includes('Queue')) {
    acts += 1
    await tap('Queue', deck)
  }

  expect(acts).toBeLessThanOrEqual(12)
  expect(bot().user.current(deck)?.text).toBe('📥 10 triaged: 10 queued')
  expect(await countTasks(bot().scope, { statuses: ['todo'], runState: 'queued' })).toBe(10)
})

test('a deck card has two rows, shows its position, and names the inbox once', async () => {
  const deck = await openDeck(3)

  expect(deck.text?.split('\n').slice(0, 2)).toEqual(['1 of 3', '📥 WEB-1 Task 1'])
  expect(deck.text?.match(/inbox/gi) ?? []).toHaveLength(1)
  expect(deck.reply_markup?.inline_keyboard.map((row) => row.map(({ text }) => text))).toEqual([
    ['Queue', 'Todo', 'Later', 'Drop'],
    ['Skip', 'More'],
  ])
})

test('Queue in the deck hands the task to an agent, which can finish it', async () => {
  const agent = await connectAgent(bot())
  const deck = await openDeck(2)

  await tap('Queue', deck, '2 of 2')
  const claimed = await agent.claim()
  const completed = await agent.act('WEB-1', 'complete', { summary: 'All green.' })
  await bot().user.nextMessage('All green.', { within: 15_000 })

  expect(claimed.body.task).toMatchObject({ id: 'WEB-1', status: 'todo' })
  expect(completed.status).toBe(200)
})

test('Undo brings back a queued card, and Todo leaves it unqueued', async () => {
  const deck = await openDeck(2)
  await tap('Queue', deck, '2 of 2')

  await tap('↩️ Undo', deck, '1 of 2')
  expect(await task('WEB-1')).toMatchObject({ status: 'inbox', runState: null })
  await tap('Todo', deck, '2 of 2')

  expect(await task('WEB-1')).toMatchObject({ status: 'todo', runState: null })
})

test.each([
  ['Queue', 'Todo'],
  ['Todo', 'Queue'],
])('%s and then %s on a card of last week’s deck end in Todo and queued', async (first, second) => {
  const deck = await openDeck(2)
  const [one, two] = [bytesOfTap(first, deck), bytesOfTap(second, deck)]

  bot().user.tapData(one, deck)
  bot().user.tapData(two, deck)
  await bot().handled()

  expect(await task('WEB-1')).toMatchObject({ status: 'todo', runState: 'queued' })
  expect(bot().user.current(deck)?.text).toContain('2 of 2')
})

test('Undo stays after Skip, in menus and on the summary, and goes back step by step', async () => {
  const deck = await openDeck(3)
  await tap('Todo', deck, '2 of 3')
  const skipped = await tap('Skip', deck, '3 of 3')
  expect(labelsOn(skipped)).toEqual([...mainRows, '↩️ Undo'])
  expect(labelsOn(await tap('More', deck))).toContain('↩️ Undo')
  await tap('‹ Back', deck, '3 of 3')
  const end = await tap('Queue', deck, 'triaged')
  expect(end.text).toBe('📥 2 triaged: 1 queued · 1 todo\n1 skipped')
  expect(labelsOn(end)).toEqual(['↩️ Undo', 'Show skipped', 'Board'])

  const third = await tap('↩️ Undo', deck, 'Task 3')
  expect(labelsOn(third)).toContain('↩️ Undo')
  const first = await tap('↩️ Undo', deck, 'Task 1')

  expect(labelsOn(first)).toEqual(mainRows)
  expect(await countByStatus(bot().scope)).toMatchObject({ inbox: 3, todo: 0 })
})

test('editing a card stays on the card and can be undone', async () => {
  const deck = await openDeck(2)
  await tap('More', deck)
  await tap('Edit', deck)
  await tap('Priority', deck)
  const edited = await tap('🟠 High', deck, '1 of 2')
  expect(edited.text).toContain('High')

  const undone = await tap('↩️ Undo', deck, '1 of 2')

  expect(undone.text).not.toContain('High')
  expect(await task('WEB-1')).toMatchObject({ priority: 'none', status: 'inbox' })
})

test('More reaches planning, editing and deleting', async () => {
  const deck = await openDeck(1)

  const more = await tap('More', deck)

  expect(labelsOn(more)).toEqual(['Edit', 'Plan first', 'Delete', '‹ Back'])
})

test('a task to be planned first leaves the deck as queued', async () => {
  const deck = await openDeck(1)
  await tap('More', deck)

  const end = await tap('Plan first', deck, 'triaged')

  expect(end.text).toBe('📥 1 triaged: 1 queued')
  expect(await task('WEB-1')).toMatchObject({ status: 'inbox', runState: 'queued' })
})

test('queued, snoozed and blocked tasks are neither shown nor counted', async () => {
  await addTasks(bot(), drafts(4))
  await editTask(bot().ctx, 'WEB-1', { runState: 'queued' })
  await editTask(bot().ctx, 'WEB-2', { snoozedUntil: new Date(Date.now() + 3_600_000) })
  bot().user.sendText('/inbox')

  const deck = await bot().user.nextMessage('1 of 2')

  expect(deck.text).toContain('WEB-3')
})

test('a button tapped twice counts once and shows the next card', async () => {
  const deck = await openDeck(3)
  const queue = bytesOfTap('Queue', deck)
  bot().user.tapData(queue, deck)
  bot().user.tapData(queue, deck)
  await bot().handled()

  expect(answersOf(bot())[1]).toBe('Already done.')
  expect(bot().user.current(deck)?.text).toContain('2 of 3')
  const audits = await rows(bot().db, sql`select id from audit_logs where action = 'task.move'`)
  expect(audits).toHaveLength(1)
})

test('a task that an agent has claimed in the meantime is left alone', async () => {
  const agent = await connectAgent(bot())
  const deck = await openDeck(2)
  await agent.act('WEB-1', 'start')

  const asked = await tap('Drop', deck)

  expect(asked.text).toContain('WEB-1')
  expect(await task('WEB-1')).toMatchObject({ status: 'inbox', runState: 'running' })
})

test('a task completed in the meantime stays done, and the deck continues', async () => {
  const deck = await openDeck(2)
  await editTask(bot().ctx, 'WEB-1', { status: 'done' })

  const next = await tap('Todo', deck, 'Task 2')

  expect(next.text).toContain('2 of 2')
  expect(answersOf(bot())[0]).toContain('WEB-1')
  expect((await task('WEB-1')).status).toBe('done')
})

test('a deleted task is skipped', async () => {
  const deck = await openDeck(2)
  await deleteTask(bot().ctx, 'WEB-1')

  const next = await tap('Queue', deck, 'Task 2')

  expect(next.text).toContain('1 of 1')
  expect(answersOf(bot())).toEqual(['This task was deleted.'])
})

test('the deck continues after a restart', async () => {
  const deck = await openDeck(3)
  await tap('Queue', deck, '2 of 3')
  await bot().restart()

  await tap('↩️ Undo', deck, '1 of 3')

  expect(await task('WEB-1')).toMatchObject({ status: 'inbox', runState: null })
})

test('an empty inbox says so', async () => {
  bot().user.sendText('/inbox')

  const empty = await bot().user.nextMessage('Your inbox is empty.')

  expect(labelsOn(empty)).toEqual(['Board'])
  expect(await listTasks(bot().scope, {})).toEqual([])
})
