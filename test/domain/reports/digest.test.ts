import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProject } from '../../../src/domain/projects/create.ts'
import { deleteProject } from '../../../src/domain/projects/edit.ts'
import { readDigest, readFocus } from '../../../src/domain/reports/digest.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import type { NewTask } from '../../../src/domain/tasks/schemas.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { agent, type Board, openBoard } from '../../support/board.ts'

// In Berlin the day of these tests is 2026-11-25, which begins at 23:00 UTC on the 24th.
const timeZone = 'Europe/Berlin'
const morning = new Date('2026-11-25T08:00:00Z')

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())

/** Runs against a separate project and deletes it afterward, so tests don't see each other's tasks. */
async function onProject(
  key: string,
  work: (create: (title: string, fields?: Partial<NewTask>) => Promise<Task>) => Promise<void>,
): Promise<void> {
  const project = await createProject(board.ctx, { key, name: key })
  board.clock.set(morning)
  await work(async (title, fields) => {
    const { task } = await createTask(board.ctx, { status: 'todo', ...fields, title, projectId: project.id })
    return task
  })
  await deleteProject(board.ctx, key)
}

const digest = () => readDigest(board.scope, { now: board.clock.now(), timeZone })
const titles = (tasks: readonly Task[]) => tasks.map(({ title }) => title)

describe('the digest', () => {
  test('of an empty board is empty', async () => {
    board.clock.set(morning)

    expect(await digest()).toEqual({
      date: '2026-11-25',
      needsYou: { tasks: [], count: 0, newCount: 0 },
      focus: [],
      proposals: [],
      overdue: [],
      dueToday: [],
      running: [],
      queued: [],
      done: { count: 0, tasks: [] },
    })
  })

  test('shows tasks pinned to the local day and proposes nothing then', () =>
    onProject('PIN', async (create) => {
      board.clock.set('2026-11-24T22:59:00Z')
      await create('Pinned yesterday', { focus: true })
      board.clock.set('2026-11-24T23:01:00Z')
      await create('Pinned at night', { focus: true })
      board.clock.set(morning)
      await create('Pinned and done', { focus: true, status: 'done' })
      await create('Next', {})

      const { focus, proposals } = await digest()

      expect(titles(focus)).toEqual(['Pinned at night'])
      expect(proposals).toEqual([])
    }))

  test('proposes at most three if nothing is pinned, with reasons', () =>
    onProject('PROP', async (create) => {
      await create('Some day', {})
      await create('Later', { priority: 'low' })
      await create('Important', { priority: 'high' })
      await create('Soon', { dueAt: new Date('2026-11-27T10:00:00Z') })
      await create('Today', { dueAt: new Date('2026-11-25T20:00:00Z'), priority: 'highest' })
      await create('With an agent', { priority: 'highest' }).then((task) =>
        editTask(board.ctx, task.key, { runState: 'queued' }),
      )
      await create('Thought', { status: 'inbox', priority: 'highest' })

      const { proposals } = await digest()

      expect(proposals.map(({ task, reason }) => [task.title, reason])).toEqual([
        ['Soon', 'due-soon'],
        ['Important', 'priority'],
        ['Some day', 'next'],
      ])
    }))

  test('separates overdue from due today by the owner’s clock', () =>
    onProject('DUE', async (create) => {
      await create('Overdue', { dueAt: new Date('2026-11-25T07:59:00Z') })
      await create('Last minute', { dueAt: new Date('2026-11-25T22:59:00Z') })
      await create('This noon', { dueAt: new Date('2026-11-25T11:00:00Z'), status: 'inbox' })
      await create('Tomorrow', { dueAt: new Date('2026-11-25T23:00:00Z') })
      await create('Done', { dueAt: new Date('2026-11-20T07:00:00Z'), status: 'done' })

      const { overdue, dueToday } = await digest()

      expect(titles(overdue)).toEqual(['Overdue'])
      expect(titles(dueToday)).toEqual(['This noon', 'Last minute'])
    }))

  test('lists questions first, then reviews, oldest first, and no parked tasks', () =>
    onProject('WAIT', async (create) => {
      const asked = async (title: string, status: 'todo' | 'inbox' = 'todo') => {
        const task = await create(title, { status })
        await editTask(board.as(agent), task.key, { lifecycle: 'start' })
        board.clock.advance({ minutes: 1 })
        await editTask(board.as(agent), task.key, {
          lifecycle: 'block',
          result: { blockedReason: `${title}?` },
        })
      }
      await create('On hold', { status: 'hold' })
      await create('Ready', { status: 'ready' })
      await asked('First')
      await asked('Second')
      await create('Ready later', { status: 'ready' })
      await create('Ready and overdue', { status: 'ready', dueAt: new Date('2026-11-24T08:00:00Z') })
      await create('Ready and pinned', { status: 'ready', focus: true })
      const review = await create('For an agent to review', { status: 'ready' })
      await editTask(board.ctx, review.key, { runState: 'queued' })
      await create('New', { status: 'inbox' })
      const planned = await create('To be planned', { status: 'inbox' })
      await editTask(board.ctx, planned.key, { runState: 'queued' })

      const { focus, overdue, needsYou } = await digest()

      expect(titles(needsYou.tasks)).toEqual([
        ...['First', 'Second', 'Ready', 'Ready later', 'Ready and overdue', 'Ready and pinned'],
      ])
      expect(needsYou.tasks[0]?.question?.items[0]?.text).toBe('First?')
      expect([needsYou.count, needsYou.newCount]).toEqual([6, 1])
      expect([titles(overdue), titles(focus)]).toEqual([[], []])
    }))

  test('lists eight tasks that need the owner, with their reviews’ summaries, and counts all', () =>
    onProject('MANY', async (create) => {
      const first = await create('First')
      await editTask(board.as(agent), first.key, { lifecycle: 'start' })
      await editTask(board.as(agent), first.key, { lifecycle: 'complete', result: { summary: 'All green.' } })
      for (let number = 2; number <= 9; number += 1) {
        board.clock.advance({ minutes: 1 })
        await create(`Ready ${number}`, { status: 'ready' })
      }

      const { needsYou } = await digest()

      expect(needsYou.tasks).toHaveLength(8)
      expect(needsYou.tasks[0]?.latestResult?.summary).toBe('All green.')
      expect(needsYou.count).toBe(9)
    }))

  test('omits snoozed tasks until they come back', () =>
    onProject('ZZZ', async (create) => {
      const later = new Date('2026-11-30T08:00:00Z')
      const hide = async (title: string, fields: Partial<NewTask>) => {
        const { key } = await create(title, fields)
        await editTask(board.ctx, key, { snoozedUntil: later })
        return key
      }
      const key = await hide('Overdue', { dueAt: new Date('2026-11-24T08:00:00Z') })
      await hide('Today', { dueAt: new Date('2026-11-25T20:00:00Z') })
      await hide('Important', { priority: 'highest' })
      await hide('New', { status: 'inbox' })

      const { overdue, dueToday, proposals, needsYou } = await digest()
      await editTask(board.ctx, key, { snoozedUntil: null })

      expect([titles(overdue), titles(dueToday), proposals, needsYou.newCount]).toEqual([[], [], [], 0])
      expect(titles((await digest()).overdue)).toEqual(['Overdue'])
    }))

  test('lists a pinned task that needs the owner once, in the focus', () =>
    onProject('FOC', async (create) => {
      await create('Ready and pinned', { status: 'ready', focus: true })
      await create('Pinned', { focus: true })
      await create('Next')

      const { focus, proposals } = await readFocus(board.scope, { now: board.clock.now(), timeZone })

      expect(titles(focus)).toEqual(['Ready and pinned', 'Pinned'])
      expect(proposals).toEqual([])
      expect(titles((await digest()).focus)).toEqual(['Pinned'])
    }))

  test('lists working agents and queued tasks with their times', () =>
    onProject('RUN', async (create) => {
      const started = await create('Started', {})
      const queued = await create('Queued', {})
      await editTask(board.as(agent), started.key, { lifecycle: 'start' })
      await editTask(board.ctx, queued.key, { runState: 'queued' })
      const since = board.clock.now()
      board.clock.advance({ hours: 1 })

      const runs = await digest()

      expect(runs.running).toMatchObject([{ task: { title: 'Started' }, runner: 'laptop', since }])
      expect(runs.queued).toMatchObject([{ task: { title: 'Queued' }, runner: null, since }])
    }))

  test('counts tasks done since the start of yesterday and lists ten, newest first', () =>
    onProject('DONE', async (create) => {
      const finish = async (title: string, at: string) => {
        board.clock.set(at)
        const task = await create(title)
        await editTask(board.ctx, task.key, { status: 'done' })
        return task
      }
      await finish('The day before', '2026-11-23T22:59:00Z')
      for (let number = 1; number <= 11; number += 1)
        await finish(`Done ${number}`, `2026-11-24T09:${10 + number}:00Z`)
      const taken = await finish('Taken back', '2026-11-24T10:00:00Z')
      await editTask(board.ctx, taken.key, { status: 'todo' })
      const filed = await finish('Filed', '2026-11-24T11:00:00Z')
      await editTask(board.ctx, filed.key, { status: 'archived' })
      board.clock.set(morning)

      const { done } = await digest()

      expect(done.count).toBe(12)
      expect(titles(done.tasks)).toEqual([
        'Filed',
        ...Array.from({ length: 9 }, (_, place) => `Done ${11 - place}`),
      ])
    }))

  test('omits deleted projects', async () => {
    await onProject('OUT', async (create) => {
      await create('Overdue', { dueAt: new Date('2026-11-20T08:00:00Z') })
      await create('Ready', { status: 'ready' })
      await create('New', { status: 'inbox' })
      await create('Pinned', { focus: true })
    })

    const { focus, overdue, needsYou, proposals } = await digest()

    expect([focus, overdue, needsYou.tasks, needsYou.count, proposals]).toEqual([[], [], [], 0, []])
  })
})
