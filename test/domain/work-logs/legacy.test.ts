import { afterAll, beforeAll, expect, test } from 'vitest'
import { workLogs } from '../../../src/db/schema.ts'
import { readHistory } from '../../../src/domain/reports/history.ts'
import { readCard } from '../../../src/domain/tasks/card.ts'
import { findTaskDetail } from '../../../src/domain/tasks/detail.ts'
import { search } from '../../../src/domain/tasks/lists/search.ts'
import { listTaskLog } from '../../../src/domain/tasks/notes/comments.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { createWorkLog } from '../../../src/domain/tasks/work-logs.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { addProject, addTask } from '../../support/tasks.ts'

// PREQSTATION writes work logs into the same tables; the facts about them are in their titles and Markdown alone.

const report = [
  '**SHOP-1** · Fix the till',
  'First.\n\nSecond.',
  '**Blocked reason:** No key.\n\nNo lock.',
  '**Tests:** none',
  '**PR:** [https://github.com/ada/shop/pull/7](https://github.com/ada/shop/pull/7)',
  '**Notes:** one\n\ntwo',
  '**Checks:** lint',
  '---\nEngine: codex · Completed: 2026-11-24T09:00:00.000Z · Source: laptop',
].join('\n\n')

let board: Board
let task: Task

beforeAll(async () => {
  board = await openBoard()
  const project = await addProject(board, 'SHOP')
  task = await addTask(board, project, { title: 'Fix the till' })
  await write('PREQSTATION Plan · Fix the till', '**SHOP-1** · Fix the till\n\nSteps.')
  await write('Comment · SHOP-1', 'Before the result.')
  await write('PREQSTATION Result · Fix the till', report)
  await write('Comment · SHOP-1', 'After the result.')
  await write('Agent comment · SHOP-1', 'On it.')
  await write('SHOP-1 · Todo -> Hold')
  await write('SHOP-1 · Fields Updated (2) · priority, due_at')
  await write('SHOP-1 · Note Updated', '{}')
  await write('Moved the cache -> Redis')
})

afterAll(() => board.close())

async function write(title: string, detail: string | null = null): Promise<void> {
  board.clock.advance({ minutes: 1 })
  const at = { workedAt: board.clock.now(), createdAt: board.clock.now() }
  const about = { ownerId: board.ownerId, projectId: task.project.id, taskId: task.id }
  await board.db.insert(workLogs).values({ ...about, ...at, title, detail })
}

test('a log without facts has the kind and author of its title', async () => {
  const { entries } = await listTaskLog(board.scope, task.key, { limit: 20 })

  expect(entries.map(({ kind, author }) => [kind, author])).toEqual([
    ['plan', null],
    ['comment', 'owner'],
    ['blocked', null],
    ['comment', 'owner'],
    ['comment', null],
    ['status', null],
    ['fields', null],
    ['note', null],
    ['manual', null],
  ])
})

test('a report without facts is read from its Markdown', async () => {
  const detail = await findTaskDetail(board.scope, task.key)

  expect(detail?.latestResult).toMatchObject({
    kind: 'blocked',
    summary: 'First.\n\nSecond.',
    blockedReason: 'No key.\n\nNo lock.',
    tests: 'none',
    prUrl: 'https://github.com/ada/shop/pull/7',
    notes: 'one\n\ntwo',
    checks: 'lint',
  })
  expect(detail?.feedback.map(({ text }) => text)).toEqual(['After the result.'])
})

test('a card shows the remarks of logs without facts', async () => {
  expect(await readCard(board.scope, task)).toMatchObject({ agentComment: { text: 'On it.' } })
})

test('the history reads statuses and fields of logs without facts', async () => {
  const { entries } = await readHistory(board.scope, task, { limit: 20, offset: 0 })
  const logs = entries.flatMap((entry) => (entry.kind === 'log' ? [entry.log] : []))

  expect(logs.find(({ kind }) => kind === 'status')?.data).toEqual({ from: 'todo', to: 'hold' })
  expect(logs.find(({ kind }) => kind === 'fields')?.data).toEqual({ fields: ['priority', 'due_at'] })
})

test('a log written by hand keeps its kind, whatever its title looks like, and is found', async () => {
  const { id } = await createWorkLog(board.ctx, { title: 'Moved the queue -> Redis', task: task.key })
  const { entries } = await listTaskLog(board.scope, task.key, { kinds: ['manual'], limit: 20 })
  const { hits } = await search(board.scope, 'queue redis', { limit: 5 })

  expect(entries.map((entry) => entry.id)).toContain(id)
  expect(hits).toMatchObject([{ kind: 'log', log: { id, kind: 'manual', author: 'owner' } }])
})
