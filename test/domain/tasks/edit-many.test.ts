import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { editTasks } from '../../../src/domain/tasks/edit/edit-many.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { lastChange, undoChange } from '../../../src/domain/undo/undo.ts'
import { agent, type Board, openBoard } from '../../support/board.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board

beforeEach(async () => {
  board = await openBoard()
})
afterEach(() => board.close())

const toDone = (reference: string) => ({ reference, edit: { status: 'done' } as const })
const statuses = async () =>
  (await listTasks(board.scope, {})).map(({ key, status }) => `${key} ${status}`).sort()

describe('changing several tasks at once', () => {
  test('changes all of them, and one undo returns all to their places', async () => {
    const project = await addProject(board)
    for (const title of ['One', 'Two', 'Three']) await addTask(board, project, { title, status: 'ready' })
    const before = (await listTasks(board.scope, {})).map(({ key, sortOrder }) => [key, sortOrder])

    const { tasks, auditId } = await editTasks(board.ctx, ['SHOP-1', 'SHOP-2', 'SHOP-3'].map(toDone))

    expect(tasks.map(({ key }) => key)).toEqual(['SHOP-1', 'SHOP-2', 'SHOP-3'])
    expect(await statuses()).toEqual(['SHOP-1 done', 'SHOP-2 done', 'SHOP-3 done'])

    const undone = await undoChange(board.ctx, auditId as string)

    expect(undone.tasks).toHaveLength(3)
    expect((await listTasks(board.scope, {})).map(({ key, sortOrder }) => [key, sortOrder])).toEqual(before)
  })

  test('changes none if one of them cannot be changed', async () => {
    const project = await addProject(board)
    await addTask(board, project, { status: 'ready' })

    const change = editTasks(board.ctx, [toDone('SHOP-1'), toDone('SHOP-9')])

    await expect(change).rejects.toMatchObject({ code: 'not-found' })
    expect(await statuses()).toEqual(['SHOP-1 ready'])
  })

  test('writes no audit entry if nothing changes', async () => {
    const project = await addProject(board)
    const task = await addTask(board, project, { status: 'done' })

    expect(await editTasks(board.ctx, [toDone(task.key)])).toEqual({ tasks: [], auditId: null })
  })

  test('can name one task twice: each edit starts from the one before, with the facts that it needs', async () => {
    await changeSettings(board.ctx, { timeZone: 'Asia/Seoul' })
    const task = await addTask(board, await addProject(board), { status: 'todo' })
    // In Seoul it is already the 25th.
    board.clock.set(new Date('2026-11-24T16:00:00Z'))
    await editTask(board.ctx, task.key, { focus: true })
    const { focusedAt } = await requireTask(board.scope, task.key)
    board.clock.set(new Date('2026-11-25T09:00:00Z'))

    const { tasks } = await editTasks(board.ctx, [
      { reference: task.key, edit: { priority: 'high' } },
      { reference: task.key, edit: { status: 'ready', labels: ['new'], focus: true } },
    ])

    const expected = { priority: 'high', status: 'ready', labels: [{ name: 'new' }], focusedAt }
    expect(tasks.at(-1)).toMatchObject(expected)
    expect(await requireTask(board.scope, task.id)).toMatchObject(expected)
  })

  test('is undone as a whole or not at all if an agent has changed one of them', async () => {
    const project = await addProject(board)
    await addTask(board, project, { status: 'ready' })
    const second = await addTask(board, project, { status: 'ready' })
    const { auditId } = await editTasks(board.ctx, ['SHOP-1', 'SHOP-2'].map(toDone))
    await editTask(board.as(agent), second.key, { status: 'todo' })

    await expect(undoChange(board.ctx, auditId as string)).rejects.toThrow('SHOP-2 has changed since')

    expect(await statuses()).toEqual(['SHOP-1 done', 'SHOP-2 todo'])
  })

  test('counts as one change: a second undo reverts the change before it', async () => {
    const project = await addProject(board)
    const task = await addTask(board, project, { title: 'Old' })
    await editTask(board.ctx, task.key, { title: 'New' })
    await editTasks(board.ctx, [toDone(task.key)])

    await undoChange(board.ctx, (await lastChange(board.scope))?.id ?? '')
    await undoChange(board.ctx, (await lastChange(board.scope))?.id ?? '')

    expect(await requireTask(board.scope, task.key)).toMatchObject({ title: 'Old', status: 'inbox' })
  })

  test('is not undone twice', async () => {
    const project = await addProject(board)
    const task = await addTask(board, project)
    const { auditId } = await editTasks(board.ctx, [toDone(task.key)])
    await undoChange(board.ctx, auditId as string)

    await expect(undoChange(board.ctx, auditId as string)).rejects.toThrow('Already undone')
  })
})
