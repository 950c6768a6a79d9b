import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasks } from '../../../src/db/schema.ts'
import type { Engine } from '../../../src/domain/core/task-values.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { readStats } from '../../../src/domain/reports/stats.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { type Board, openBoard } from '../../support/board.ts'

const timeZone = 'America/New_York'
const hour = 60 * 60 * 1_000

let board: Board
beforeAll(async () => {
  board = await openBoard()
  const web = await createProject(board.ctx, { key: 'WEB', name: 'Web' })
  const api = await createProject(board.ctx, { key: 'API', name: 'Api' })
  const finish = async (projectId: string, hours: number, doneAt: string, engine?: Engine) => {
    board.clock.set(new Date(new Date(doneAt).getTime() - hours * hour))
    const { task } = await createTask(board.ctx, { projectId, title: doneAt, status: 'todo', engine })
    board.clock.set(doneAt)
    await editTask(board.ctx, task.key, { status: 'done' })
    return task
  }
  // The clocks of New York go back on 2026-11-01, a day of 25 hours that begins at 04:00 UTC and ends at 05:00.
  await finish(web.id, 1, '2026-10-31T03:59:00Z')
  await finish(web.id, 1, '2026-10-31T04:00:00Z', 'codex')
  await finish(web.id, 2, '2026-11-01T04:30:00Z', 'codex')
  await finish(api.id, 3, '2026-11-02T04:59:00Z', 'claude-code')
  const edited = await finish(api.id, 10, '2026-11-02T05:00:00Z')
  const taken = await finish(api.id, 1, '2026-11-02T06:00:00Z')
  board.clock.set('2026-11-20T00:00:00Z')
  await editTask(board.ctx, edited.key, { priority: 'high' })
  await editTask(board.ctx, taken.key, { status: 'inbox' })
})
afterAll(() => board.close())

const range = { from: new Date('2026-10-31T04:00:00Z'), to: new Date('2026-11-03T05:00:00Z'), timeZone }

describe('the statistics', () => {
  test('count tasks done on each local day, including a 25-hour day and empty days', async () => {
    const { done, days } = await readStats(board.scope, {
      ...range,
      to: new Date('2026-11-04T05:00:00Z'),
    })

    expect(done).toBe(4)
    expect(days).toEqual([
      { date: '2026-10-31', done: 1 },
      { date: '2026-11-01', done: 2 },
      { date: '2026-11-02', done: 1 },
      { date: '2026-11-03', done: 0 },
    ])
  })

  test('include the time from creation to done', async () => {
    const { cycle } = await readStats(board.scope, range)

    expect(cycle).toEqual({ medianMs: 2.5 * hour, p90Ms: 7.9 * hour })
  })

  test('count by project and engine, most first', async () => {
    const { byProject, byEngine } = await readStats(board.scope, range)

    expect(byProject).toEqual([
      { key: 'API', name: 'Api', done: 2 },
      { key: 'WEB', name: 'Web', done: 2 },
    ])
    expect(byEngine).toEqual([
      { engine: 'codex', done: 2 },
      { engine: null, done: 1 },
      { engine: 'claude-code', done: 1 },
    ])
  })

  test('are empty if nothing was done', async () => {
    const stats = await readStats(board.scope, {
      from: new Date('2026-01-01T05:00:00Z'),
      to: new Date('2026-01-02T05:00:00Z'),
      timeZone,
    })

    expect(stats).toEqual({
      done: 0,
      days: [{ date: '2026-01-01', done: 0 }],
      cycle: null,
      waiting: null,
      runs: null,
      byProject: [],
      byEngine: [],
    })
  })

  test('use the last change if no log says when a task was done', async () => {
    const project = await createProject(board.ctx, { key: 'RAW', name: 'Raw' })
    board.clock.set('2026-05-01T12:00:00Z')
    const { task } = await createTask(board.ctx, { projectId: project.id, title: 'Imported' })
    await board.db
      .update(tasks)
      .set({ status: 'done', updatedAt: new Date('2026-05-02T12:00:00Z') })
      .where(eq(tasks.id, task.id))

    const { days } = await readStats(board.scope, {
      from: new Date('2026-05-02T04:00:00Z'),
      to: new Date('2026-05-03T04:00:00Z'),
      timeZone,
    })

    expect(days).toEqual([{ date: '2026-05-02', done: 1 }])
  })
})
