import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProjectRow, taskLabelAssignments, workLogs } from '../../../src/db/schema.ts'
import { deleteProject } from '../../../src/domain/projects/edit.ts'
import { editTask } from '../../../src/domain/tasks/edit.ts'
import { moveToProject } from '../../../src/domain/tasks/move-project.ts'
import { findTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/remove.ts'
import { undoChange } from '../../../src/domain/undo.ts'
import { agent, type Board, openBoard } from '../../support/board.ts'
import { addProject, addTask } from '../../support/tasks.ts'
import { beginTrail, noTrail } from '../../support/trail.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
  await addProject(board, 'BARN')
})
afterAll(() => board.close())

describe('deleting a task', () => {
  it('takes it and its labels away, keeps its logs, and tells of it', async () => {
    const task = await addTask(board, shop, { labels: ['l'] })
    await editTask(board.as(agent), task.key, { result: { summary: 'Done.' } })
    const trail = await beginTrail(board.db)

    const { task: deleted, auditId } = await deleteTask(board.as(agent), task.key.toLowerCase())

    expect(deleted.id).toBe(task.id)
    expect(await findTask(board.scope, task.key)).toBeNull()
    expect(
      await board.db.select().from(taskLabelAssignments).where(eq(taskLabelAssignments.taskId, task.id)),
    ).toEqual([])
    expect(await board.db.select().from(workLogs)).toMatchObject([{ taskId: null, projectId: shop.id }])
    const left = await trail()
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

  it('a second time finds nothing', async () => {
    const task = await addTask(board, shop)
    await deleteTask(board.ctx, task.key)
    const trail = await beginTrail(board.db)

    await expect(deleteTask(board.ctx, task.key)).rejects.toMatchObject({ code: 'not-found' })
    expect(await trail()).toEqual(noTrail)
  })

  it('by two at once happens once', async () => {
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
  it('gives it the next key there; the old one, in any case, leads to it', async () => {
    const task = await addTask(board, shop, { labels: ['l'], status: 'todo' })
    const trail = await beginTrail(board.db)

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
    const left = await trail()
    expect(left.events).toMatchObject([
      { type: 'TASK_UPDATED', entityId: 'BARN-1', payload: { changedFields: ['project'] } },
    ])
    expect(left.audit).toMatchObject([
      { id: auditId, action: 'task.project', targetId: task.key, meta: { newKey: 'BARN-1' } },
    ])
  })

  it('may be repeated: every key it ever had leads to it, for verbs as well', async () => {
    const task = await addTask(board, shop)
    const second = (await moveToProject(board.ctx, task.key, 'BARN')).task
    const third = (await moveToProject(board.ctx, second.key, 'SHOP')).task

    await editTask(board.ctx, task.key, { priority: 'high' })

    expect(third.key).not.toBe(task.key)
    for (const key of [task.key, second.key, third.key])
      expect(await findTask(board.scope, key)).toMatchObject({ id: task.id, priority: 'high' })
  })

  it('leads nowhere once the task is deleted, also after the move was undone', async () => {
    const task = await addTask(board, shop)
    const { task: moved, auditId } = await moveToProject(board.ctx, task.key, 'BARN')
    await undoChange(board.ctx, auditId ?? '')
    expect(await findTask(board.scope, moved.key)).toMatchObject({ key: task.key })

    await deleteTask(board.ctx, moved.key)

    expect(await findTask(board.scope, task.key)).toBeNull()
    expect(await findTask(board.scope, moved.key)).toBeNull()
  })

  it('into the project where it lies changes nothing', async () => {
    const task = await addTask(board, shop)
    const trail = await beginTrail(board.db)

    expect(await moveToProject(board.ctx, task.key, 'shop')).toEqual({ task, auditId: null })
    expect(await trail()).toEqual(noTrail)
  })

  it('is refused to an agent', async () => {
    const task = await addTask(board, shop)

    const attempt = moveToProject(board.as(agent), task.key, 'BARN')

    await expect(attempt).rejects.toMatchObject({ code: 'conflict' })
  })

  it('into a project that is deleted or never was finds nothing', async () => {
    const task = await addTask(board, shop)
    await addProject(board, 'GONE')
    await deleteProject(board.ctx, 'GONE')
    const trail = await beginTrail(board.db)

    for (const key of ['GONE', 'NEVER'])
      await expect(moveToProject(board.ctx, task.key, key)).rejects.toMatchObject({ code: 'not-found' })
    await expect(moveToProject(board.ctx, 'SHOP-999', 'BARN')).rejects.toMatchObject({ code: 'not-found' })
    expect(await trail()).toEqual(noTrail)
  })
})
