import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { search } from '../../../src/domain/tasks/lists/search.ts'
import { createWorkLog } from '../../../src/domain/tasks/work-logs.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board

const found = async (words: string) => {
  const { hits } = await search(board.scope, words, { limit: 20 })
  return hits.map((hit) => (hit.kind === 'task' ? hit.task.key : `log: ${hit.log.title}`))
}

beforeAll(async () => {
  board = await openBoard()
  const project = await addProject(board)
  const titles = [
    'Fix the login page',
    'Upgrade node.js',
    'Crash in src/api/session.ts',
    '결제를 다시 시도하기',
    '決済の支払いを直す',
    'إصلاح تسجيل الدخول',
    'Größere Schrift',
    '100% coverage for foo_bar',
  ]
  for (const title of titles) await addTask(board, project, { title })
  await addTask(board, project, { title: 'Other', description: 'The login must not break' })
  await editTask(board.ctx, 'SHOP-7', { comment: 'Ask the typographer first' })
  await createWorkLog(board.ctx, { title: 'Met the accountant' })
})
afterAll(() => board.close())

describe('search', () => {
  test.each([
    ['login', ['SHOP-1', 'SHOP-9']],
    ['LOG', ['SHOP-1', 'SHOP-9']],
    ['page login', ['SHOP-1']],
    ['node.js', ['SHOP-2']],
    ['session', ['SHOP-3']],
    ['src/api', ['SHOP-3']],
    ['결제', ['SHOP-4']],
    ['시도', ['SHOP-4']],
    ['支払い', ['SHOP-5']],
    ['تسجيل', ['SHOP-6']],
    ['größere', ['SHOP-7']],
    ['foo_bar', ['SHOP-8']],
    ['100%', ['SHOP-8']],
    ['shop-3', ['SHOP-3']],
    ['7', ['SHOP-7']],
    ['typographer', ['log: Comment · SHOP-7']],
    ['accountant', ['log: Met the accountant']],
    ["o'clock \\ ' & | ! ( :*", []],
    ['---', []],
    ['', []],
  ])('finds %j', async (words, expected) => {
    expect(await found(words)).toEqual(expected)
  })

  test('pages without losing or repeating a hit', async () => {
    const first = await search(board.scope, 'shop-', { limit: 5 })
    const second = await search(board.scope, 'shop-', { limit: 5, offset: 5 })

    const keys = [...first.hits, ...second.hits].map((hit) => (hit.kind === 'task' ? hit.task.key : ''))
    expect(new Set(keys).size).toBe(9)
    expect([first.hasMore, second.hasMore]).toEqual([true, false])
  })

  test('answers any query', async () => {
    for (const words of ['\\', "'", "''", '\u0000', '%', '_', 'a'.repeat(5_000), '🎉', 'a:b', '<>', '\ud800'])
      await expect(search(board.scope, words, { limit: 5 })).resolves.toBeDefined()
  })
})
