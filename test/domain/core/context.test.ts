import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProjectRow } from '../../../src/db/schema.ts'
import type { Ctx } from '../../../src/domain/core/context.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { deleteProject, editProject, restoreProject } from '../../../src/domain/projects/edit.ts'
import { setProjectSettings } from '../../../src/domain/projects/settings.ts'
import { claimTask } from '../../../src/domain/tasks/claim.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import { placeTask } from '../../../src/domain/tasks/edit/place.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { createWorkLog } from '../../../src/domain/tasks/work-logs.ts'
import { undoChange } from '../../../src/domain/undo/undo.ts'
import { agent, type Board, openBoard } from '../../support/board.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
  await addProject(board, 'BARN')
})
afterAll(() => board.close())

/** Like the context it wraps, but a decision can't read past its own database: in a transaction on one connection that waits forever. */
const watched = (ctx: Ctx): Ctx => {
  let isDeciding = false
  return {
    ...ctx,
    get db() {
      if (isDeciding) throw new Error('ctx.db was used inside a decision')
      return ctx.db
    },
    commit: (decide) => {
      if (isDeciding) throw new Error('commit was used inside a decision')
      return ctx.commit(async (db) => {
        isDeciding = true
        try {
          return await decide(db)
        } finally {
          isDeciding = false
        }
      })
    },
  }
}

describe('a verb decides by what its own database says:', () => {
  const fresh = () => addTask(board, shop, { status: 'todo', labels: ['a'] })
  test.each<[string, (ctx: Ctx, task: Task) => Promise<unknown>]>([
    ['createTask', (ctx) => createTask(ctx, { projectId: shop.id, title: '한글', labels: ['new'] })],
    [
      'editTask',
      (ctx, { key }) =>
        editTask(ctx, key, {
          lifecycle: 'complete',
          strictReady: true,
          labels: ['b'],
          note: 'x',
          comment: 'x',
          result: {},
        }),
    ],
    [
      'editTask by a key that is retired',
      async (ctx, { key }) => {
        await moveToProject(board.ctx, key, 'BARN')
        return editTask(ctx, key, { status: 'ready', strictReady: true })
      },
    ],
    ['a start', (ctx, { key }) => editTask(ctx, key, { lifecycle: 'start' })],
    [
      'a sign of life',
      async (ctx, { key }) => {
        await editTask(ctx, key, { lifecycle: 'start' })
        return editTask(ctx, key, { lifecycle: 'start' })
      },
    ],
    ['placeTask', (ctx, { key }) => placeTask(ctx, key, { status: 'hold', place: { at: 'start' } })],
    ['claimTask', (ctx) => claimTask(ctx, { status: 'todo', label: 'a' })],
    ['deleteTask', (ctx, { key }) => deleteTask(ctx, key)],
    ['createWorkLog', (ctx, { key }) => createWorkLog(ctx, { title: 'x', task: key })],
    ['createProject', (ctx) => createProject(ctx, { name: 'Any' })],
    ['editProject', (ctx) => editProject(ctx, 'BARN', { name: 'Barn' })],
    ['deleteProject', (ctx) => deleteProject(ctx, 'BARN')],
    ['restoreProject', (ctx) => restoreProject(ctx, 'BARN')],
    ['setProjectSettings', (ctx) => setProjectSettings(ctx, 'BARN', { deploy_auto_pr: 'true' })],
  ])('%s', async (_name, verb) => {
    const task = await fresh()

    await expect(verb(watched(board.as(agent)), task)).resolves.toBeDefined()
  })

  test.each<[string, (task: Task) => Promise<{ auditId: string | null }>]>([
    ['an edit', ({ key }) => editTask(board.ctx, key, { status: 'done', labels: ['z'], comment: 'x' })],
    ['a deletion', ({ key }) => deleteTask(board.ctx, key)],
    ['a move to another project', ({ key }) => moveToProject(board.ctx, key, 'BARN')],
    ['a creation', () => createTask(board.ctx, { projectId: shop.id, title: 'x' })],
  ])('undoChange of %s', async (_name, change) => {
    const { auditId } = await change(await fresh())

    await expect(undoChange(watched(board.ctx), auditId ?? '')).resolves.toBeDefined()
  })

  test('moveToProject', async () => {
    await expect(moveToProject(watched(board.ctx), (await fresh()).key, 'BARN')).resolves.toBeDefined()
  })
})
