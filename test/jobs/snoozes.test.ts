import { asc } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deleteProject } from '../../src/domain/projects/edit.ts'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { snoozesJob } from '../../src/jobs/snoozes.ts'
import { markNotSent, markSent } from '../../src/telegram/store/messages/mark.ts'
import { setProjectTopic } from '../../src/telegram/store/project-topics.ts'
import { type JobBoard, openJobBoard } from '../support/jobs.ts'
import { addTask } from '../support/tasks.ts'

let board: JobBoard
beforeEach(async () => {
  board = await openJobBoard()
})
afterEach(() => board.close())

/** Adds tasks that are snoozed for an hour. */
async function addSnoozed(count: number): Promise<void> {
  const until = new Date(board.clock.now().getTime() + 3_600_000)
  for (let number = 1; number <= count; number += 1) {
    const task = await addTask(board, board.project, { title: `Task ${number}` })
    await editTask(board.ctx, task.id, { snoozedUntil: until })
  }
}

const messages = () => board.db.query.botMessages.findMany({ orderBy: (row) => asc(row.id) })
const snoozes = () => board.db.query.snoozes.findMany()

test('a task comes back at its minute, not before', async () => {
  await addSnoozed(1)

  board.clock.advance({ minutes: 59 })
  await board.run(snoozesJob)
  expect(await messages()).toEqual([])
  board.clock.advance({ minutes: 1 })
  await board.run(snoozesJob)

  expect(await messages()).toMatchObject([{ purpose: 'card', state: 'pending', priority: 1, chatId: 42 }])
})

test('the snooze ends when its message is sent', async () => {
  await addSnoozed(1)
  board.clock.advance({ hours: 1 })
  await board.run(snoozesJob)
  const [message] = await messages()
  await board.run(snoozesJob)
  expect(await snoozes()).toMatchObject([{ messageId: message?.id }])

  await markSent(board.db, message?.id ?? 0, { messageId: 7, renderedAt: board.clock.now() })
  await board.run(snoozesJob)

  expect(await snoozes()).toEqual([])
  expect(await messages()).toHaveLength(1)
})

test('the snooze also ends when its message has failed permanently', async () => {
  await addSnoozed(1)
  board.clock.advance({ hours: 1 })
  await board.run(snoozesJob)
  const [message] = await messages()

  await markNotSent(board.db, message?.id ?? 0, { state: 'failed', error: 'no' })
  await board.run(snoozesJob)

  expect(await snoozes()).toEqual([])
  expect(await messages()).toHaveLength(1)
})

test.each([
  [49, 49],
  [50, 50],
  [51, 50],
])('of %d tasks, a minute brings back %d, and the next minute the rest', async (count, first) => {
  await addSnoozed(count)
  board.clock.advance({ hours: 1 })

  await board.run(snoozesJob)
  expect(await messages()).toHaveLength(first)
  await board.run(snoozesJob)

  expect(await messages()).toHaveLength(count)
})

test('a task in a project with a topic comes back there, silently if the project is muted', async () => {
  await setProjectTopic(board.ctx, board.project.projectKey, 5)
  await changeSettings(board.ctx, { mutedProjects: [board.project.projectKey] })
  await addSnoozed(1)
  board.clock.advance({ hours: 1 })

  await board.run(snoozesJob)

  expect(await messages()).toMatchObject([{ threadId: 5, request: { method: 'card', silent: true } }])
})

test('an on-hold task also comes back, after anything that agents need', async () => {
  const task = await addTask(board, board.project, { title: 'Parked', status: 'todo' })
  await editTask(board.ctx, task.id, { snoozedUntil: new Date(board.clock.now().getTime() + 60_000) })
  board.clock.advance({ minutes: 1 })

  await board.run(snoozesJob)

  expect(await messages()).toMatchObject([{ priority: 1 }])
})

test('a task of a deleted project comes back without a message', async () => {
  await addSnoozed(1)
  await deleteProject(board.ctx, board.project.projectKey)
  board.clock.advance({ hours: 1 })

  await board.run(snoozesJob)

  expect(await messages()).toEqual([])
  expect(await snoozes()).toEqual([])
})

test('while the bot is unlinked, a task comes back only on the board', async () => {
  await board.close()
  board = await openJobBoard({ bound: false })
  await addSnoozed(1)
  board.clock.advance({ hours: 1 })

  await board.run(snoozesJob)

  expect(await messages()).toEqual([])
  expect(await snoozes()).toEqual([])
})
