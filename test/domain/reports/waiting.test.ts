import { afterAll, beforeAll, expect, test } from 'vitest'
import { questions } from '../../../src/db/schema.ts'
import type { Engine } from '../../../src/domain/core/task-values.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { readWaiting } from '../../../src/domain/reports/waiting.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { type Board, openBoard } from '../../support/board.ts'

const minute = 60_000
const range = { from: new Date('2026-11-20T00:00:00Z'), to: new Date('2026-11-21T00:00:00Z') }

let board: Board
beforeAll(async () => {
  board = await openBoard()
  const task = async (key: string) => {
    const { id } = await createProject(board.ctx, { key, name: key })
    return (await createTask(board.ctx, { projectId: id, title: 'One' })).task.id
  }
  const [web, api] = [await task('WEB'), await task('API')]
  const wait = (taskId: string | null, engine: Engine | null, minutes: number, closedAt: string) =>
    board.db.insert(questions).values({
      ownerId: board.ownerId,
      taskId,
      engine,
      kind: 'ask',
      items: [],
      state: 'answered',
      createdAt: new Date(new Date(closedAt).getTime() - minutes * minute),
      updatedAt: new Date(closedAt),
    })
  await wait(web, 'codex', 1, '2026-11-20T00:00:00Z')
  await wait(web, 'codex', 3, '2026-11-20T23:59:59Z')
  await wait(api, 'claude-code', 10, '2026-11-20T12:00:00Z')
  await wait(null, null, 4, '2026-11-20T13:00:00Z')
  await wait(web, 'codex', 90, '2026-11-19T23:59:59Z')
  await wait(web, 'codex', 90, '2026-11-21T00:00:00Z')
  await board.db.insert(questions).values({ ownerId: board.ownerId, kind: 'ask', items: [] })
})
afterAll(() => board.close())

test('the questions closed in a range count, by project and engine', async () => {
  expect(await readWaiting(board.scope, range)).toEqual({
    count: 4,
    medianMs: 3.5 * minute,
    maxMs: 10 * minute,
    byProject: [
      { key: 'API', medianMs: 10 * minute },
      { key: 'WEB', medianMs: 2 * minute },
    ],
    byEngine: [
      { engine: 'claude-code', medianMs: 10 * minute },
      { engine: null, medianMs: 4 * minute },
      { engine: 'codex', medianMs: 2 * minute },
    ],
  })
})

test('a range without closed questions has no waiting time', async () => {
  const empty = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') }
  expect(await readWaiting(board.scope, empty)).toBeNull()
})
