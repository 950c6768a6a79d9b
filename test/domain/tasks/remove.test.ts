import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProjectRow, taskLabelAssignments, workLogs } from '../../../src/db/schema.ts'
import { deleteProject } from '../../../src/domain/projects/edit.ts'
import { listAudit } from '../../../src/domain/reports/audit.ts'
import { readHistory } from '../../../src/domain/reports/history.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import { lastChange, undoChange } from '../../../src/domain/undo/undo.ts'
import { agent, type Board, openBoard, otherAgent } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
  await addProject(board, 'BARN')
})
afterAll(() => board.close())

describe('deleting a task', () => {
  test('deletes it with its label assignments, keeps its logs, and writes an event', async () => {
    const task = await addTask(board, shop, { labels: ['l'] })
    await editTask(board.as(agent), task.key, { result: { summary: 'Done.' } })
    const changes = await recordChanges(board.db)

    const { task: deleted, auditId } = await deleteTask(board.as(agent), task.key.toLowerCase())

    expect(deleted.id).toBe(task.id)
    expect(await findTask(board.scope, task.key)).toBeNull()
    expect(
      await board.db.select().from(taskLabelAssignments).where(eq(taskLabelAssignments.taskId, task.id)),
    ).toEqual([])
    expect(await board.db.select().from(workLogs)).toMatchObject([{ taskId: null, projectId: shop.id }])
    const left = await changes()
    expect(left.events).toMatchObject([
      {
        type: 'TASK_DELETED',
        entityId: task.key,
        payload: { title: task.title, actor: 'agent:laptop' },
      },
    ])
    expect(left.audit).toMatchObject([
      { id: auditId, action: 'task.delete', targetId: task.key, meta: { taskId: task.id } },
    ])
  })

  test('a second time throws not-found', async () => {
    const task = await addTask(board, shop)
    await deleteTask(board.ctx, task.key)
    const changes = await recordChanges(board.db)

    await expect(deleteTask(board.ctx, task.key)).rejects.toMatchObject({ code: 'not-found' })
    expect(await changes()).toEqual(noChanges)
  })

  test('by two at once happens once', async () => {
    const task = await addTask(board, shop)

    const outcomes = await Promise.allSettled([
      deleteTask(board.ctx, task.key),
      deleteTask(board.ctx, task.key),
    ])

    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.find((outcome) => outcome.status === 'rejected')).toMatchObject({
      reason: { code: 'not-found' },
    })
  })
})

describe('moving a task to another project', () => {
  test('gives it the next key there; the old key, in any case, leads to it', async () => {
    const task = await addTask(board, shop, { labels: ['l'], status: 'todo' })
    const changes = await recordChanges(board.db)

    const { task: moved, auditId } = await moveToProject(board.ctx, task.key, 'barn')

    expect(moved).toMatchObject({
      id: task.id,
      key: 'BARN-1',
      prefix: 'BARN',
      number: 1,
      project: { key: 'BARN' },
      status: 'todo',
      sortOrder: task.sortOrder,
      labels: task.labels,
    })
    expect(await findTask(board.scope, task.key.toLowerCase())).toEqual(moved)
    const left = await changes()
    expect(left.events).toMatchObject([
      { type: 'TASK_UPDATED', entityId: 'BARN-1', payload: { changedFields: ['project'] } },
    ])
    expect(left.audit).toMatchObject([
      { id: auditId, action: 'task.project', targetId: task.key, meta: { newKey: 'BARN-1' } },
      { action: 'task.arrive', targetId: 'BARN-1', meta: { formerKeys: [task.key] } },
    ])
  })

  test('keeps its run, even if undone: its agent stays its only holder', async () => {
    const task = await addTask(board, shop, { status: 'todo' })
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    const since = board.clock.now()
    board.clock.advance({ minutes: 1 })
    const { task: moved, auditId } = await moveToProject(board.ctx, task.key, 'BARN')
    board.clock.advance({ minutes: 1 })
    const { task: again } = await moveToProject(board.ctx, moved.key, 'SHOP')

    for (const key of [moved.key, again.key])
      expect((await requireTask(board.scope, key)).lastRun).toMatchObject({ name: 'laptop', since })
    await expect(editTask(board.as(otherAgent), again.key, { lifecycle: 'start' })).rejects.toMatchObject({
      code: 'conflict',
      facts: { runner: 'laptop' },
    })

    board.clock.advance({ minutes: 1 })
    await undoChange(board.ctx, (await lastChange(board.scope))?.id ?? '')
    await undoChange(board.ctx, auditId ?? '')

    expect((await requireTask(board.scope, task.key)).lastRun).toMatchObject({ name: 'laptop', since })
  })

  test('keeps its history together under all its keys', async () => {
    const task = await addTask(board, shop, { status: 'todo' })
    board.clock.advance({ minutes: 1 })
    await editTask(board.ctx, task.key, { priority: 'high' })
    board.clock.advance({ minutes: 1 })
    const { task: moved } = await moveToProject(board.ctx, task.key, 'BARN')
    board.clock.advance({ minutes: 1 })
    const { task: done } = await editTask(board.ctx, moved.key, { status: 'done' })

    const { entries } = await readHistory(board.scope, done, { limit: 10, offset: 0 })
    const changes = await listAudit(board.scope, { targetId: moved.key, limit: 10 })

    const actions = ['task.move', 'task.project', 'task.edit', 'task.create']
    expect(entries.map((one) => (one.kind === 'change' ? one.entry.action : one.log.title))).toEqual(actions)
    expect(changes.entries.map(({ action }) => action)).toEqual(actions)
  })

  test('can be repeated: every former key leads to it, for verbs too', async () => {
    const task = await addTask(board, shop)
    const second = (await moveToProject(board.ctx, task.key, 'BARN')).task
    const third = (await moveToProject(board.ctx, second.key, 'SHOP')).task

    await editTask(board.ctx, task.key, { priority: 'high' })

    expect(third.key).not.toBe(task.key)
    for (const key of [task.key, second.key, third.key])
      expect(await findTask(board.scope, key)).toMatchObject({ id: task.id, priority: 'high' })
  })

  test('leaves no key that works after the task is deleted, even if the move was undone', async () => {
    const task = await addTask(board, shop)
    const { task: moved, auditId } = await moveToProject(board.ctx, task.key, 'BARN')
    await undoChange(board.ctx, auditId ?? '')
    expect(await findTask(board.scope, moved.key)).toMatchObject({ key: task.key })

    await deleteTask(board.ctx, moved.key)

    expect(await findTask(board.scope, task.key)).toBeNull()
    expect(await findTask(board.scope, moved.key)).toBeNull()
  })

  test('into its own project changes nothing', async () => {
    const task = await addTask(board, shop)
    const changes = await recordChanges(board.db)

    expect(await moveToProject(board.ctx, task.key, 'shop')).toEqual({ task, auditId: null })
    expect(await changes()).toEqual(noChanges)
  })

  test('is refused to an agent', async () => {
    const task = await addTask(board, shop)

    const attempt = moveToProject(board.as(agent), task.key, 'BARN')

    await expect(attempt).rejects.toMatchObject({ code: 'conflict' })
  })

  test('into a deleted or unknown project throws not-found', async () => {
    const task = await addTask(board, shop)
    await addProject(board, 'GONE')
    await deleteProject(board.ctx, 'GONE')
    const changes = await recordChanges(board.db)

    for (const key of ['GONE', 'NEVER'])
      await expect(moveToProject(board.ctx, task.key, key)).rejects.toMatchObject({ code: 'not-found' })
    await expect(moveToProject(board.ctx, 'SHOP-999', 'BARN')).rejects.toMatchObject({ code: 'not-found' })
    expect(await changes()).toEqual(noChanges)
  })
})
