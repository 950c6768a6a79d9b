import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ProjectRow, taskLabels, tasks, workLogs } from '../../../src/db/schema.ts'
import { deleteProject } from '../../../src/domain/projects/edit.ts'
import { claimTask } from '../../../src/domain/tasks/claim.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { readDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import { placeTask } from '../../../src/domain/tasks/edit/place.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import type { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { lastChange, undoChange } from '../../../src/domain/undo/undo.ts'
import { agent, type Board, openBoard } from '../../support/board.ts'
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
beforeEach(async () => {
  await board.db.delete(tasks)
  board.clock.advance({ minutes: 1 })
})

const edit = async (task: Task, change: TaskEdit) => {
  board.clock.advance({ minutes: 1 })
  return (await editTask(board.ctx, task.id, change)).auditId ?? ''
}
const withoutStamp = ({ updatedAt: _, ...task }: Task) => task
const now = (task: Task) => requireTask(board.scope, task.id)

describe('undoing an edit', () => {
  test('restores every field, with status, logs, events and its own audit entry', async () => {
    const task = await addTask(board, shop, { labels: ['a', 'b'], description: 'Old.' })
    const auditId = await edit(task, {
      title: 'New',
      note: 'New.',
      status: 'archived',
      priority: 'high',
      engine: 'codex',
      branch: '',
      labels: ['c'],
      focus: true,
      dueAt: new Date('2026-12-01T08:00:00.000Z'),
    })
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    const undone = await undoChange(board.ctx, auditId)

    expect(undone).toMatchObject({ entry: { action: 'task.move', targetId: task.key } })
    expect(withoutStamp(await now(task))).toEqual(withoutStamp(task))
    expect((await now(task)).updatedAt).toEqual(board.clock.now())
    const left = await changes()
    expect(left.events.map((event) => event.type)).toEqual([
      'TASK_STATUS_CHANGED',
      'TASK_UPDATED',
      'WORKLOG_CREATED',
      'WORKLOG_CREATED',
      'WORKLOG_CREATED',
    ])
    expect(left.events[0]?.payload).toMatchObject({ from: 'archived', to: 'inbox' })
    expect(left.events[1]?.payload?.changedFields).toEqual([
      'title',
      'priority',
      'engine',
      'branch',
      'due_at',
      'focused_at',
      'labels',
      'note',
    ])
    expect(left.audit).toMatchObject([
      { action: 'undo', targetId: task.key, meta: { undoes: auditId, by: 'owner' } },
      // The label that the edit made goes with it.
      { action: 'undo', targetType: 'label', meta: { action: 'label.create', name: 'c' } },
    ])
  })

  test('restores a run that a move ended', async () => {
    const task = await addTask(board, shop, { status: 'todo' })
    await edit(task, { runState: 'queued' })
    const queued = await now(task)
    const auditId = await edit(task, { status: 'hold' })

    await undoChange(board.ctx, auditId)

    expect(withoutStamp(await now(task))).toEqual(withoutStamp(queued))
  })

  test('removes a comment, alone or with its move', async () => {
    const task = await addTask(board, shop, { status: 'ready' })
    const alone = await edit(task, { comment: 'Alone.' })
    const withMove = await edit(task, { status: 'todo', comment: 'Not yet.' })
    const feedback = async () => (await readDetail(board.scope, await now(task))).feedback.map((f) => f.text)
    expect(await feedback()).toEqual(['Alone.', 'Not yet.'])
    const changes = await recordChanges(board.db)

    await undoChange(board.ctx, withMove)
    expect(await feedback()).toEqual(['Alone.'])
    await undoChange(board.ctx, alone)

    expect(await feedback()).toEqual([])
    expect((await now(task)).status).toBe('ready')
    const { events } = await changes()
    expect(events.filter((event) => event.type === 'WORKLOG_DELETED')).toMatchObject([
      { payload: { kind: 'comment', taskKey: task.key } },
      { payload: { kind: 'comment', taskKey: task.key } },
    ])
  })

  test('recreates a label that was deleted in the meantime, and records it', async () => {
    const task = await addTask(board, shop, { labels: ['fleeting'] })
    const auditId = await edit(task, { labels: [] })
    await board.db.delete(taskLabels).where(eq(taskLabels.name, 'fleeting'))
    const changes = await recordChanges(board.db)

    await undoChange(board.ctx, auditId)

    expect((await now(task)).labels).toMatchObject([{ name: 'fleeting' }])
    expect((await changes()).audit.map((entry) => entry.action)).toEqual(['undo', 'label.create'])
  })

  test('places a card right before the one that has its key now', async () => {
    const [a, b, c] = [
      await addTask(board, shop, { title: 'a', status: 'hold' }),
      await addTask(board, shop, { title: 'b', status: 'hold' }),
      await addTask(board, shop, { title: 'c', status: 'inbox' }),
    ]
    const auditId = await edit(b, { status: 'done' })
    await placeTask(board.ctx, c.key, { status: 'hold', place: { at: 'end' } })
    await board.db.update(tasks).set({ sortOrder: b.sortOrder }).where(eq(tasks.id, c.id))

    await undoChange(board.ctx, auditId)

    const keys = [(await now(a)).sortOrder, (await now(b)).sortOrder, (await now(c)).sortOrder]
    expect(keys).toEqual([...keys].sort())
    expect(new Set(keys).size).toBe(3)
  })

  test.each<[string, TaskEdit, (task: Task) => Promise<unknown>]>([
    [
      'changed the same field',
      { priority: 'high' },
      (t) => editTask(board.as(agent), t.id, { priority: 'low' }),
    ],
    ['took what was queued', { runState: 'queued' }, () => claimTask(board.as(agent), {})],
    [
      'began to work where the owner had put it',
      { status: 'todo' },
      (t) => editTask(board.as(agent), t.id, { lifecycle: 'start' }),
    ],
    ['finished it', { status: 'todo' }, (t) => editTask(board.as(agent), t.id, { lifecycle: 'complete' })],
  ])('is refused if an agent %s, and writes nothing', async (_what, change, interfere) => {
    const task = await addTask(board, shop)
    const auditId = await edit(task, change)
    board.clock.advance({ minutes: 1 })
    await interfere(task)
    const before = await now(task)
    const changes = await recordChanges(board.db)

    const attempt = undoChange(board.ctx, auditId)

    await expect(attempt).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/has changed since|Stop it first/),
    })
    expect(await changes()).toEqual(noChanges)
    expect(await now(task)).toEqual(before)
  })

  test('succeeds if an agent changed something else', async () => {
    const task = await addTask(board, shop)
    const auditId = await edit(task, { priority: 'high' })
    await editTask(board.as(agent), task.id, { branch: 'theirs' })

    await undoChange(board.ctx, auditId)

    expect(await now(task)).toMatchObject({ priority: 'none', branch: 'theirs' })
  })

  test('is refused the second time, also with concurrent attempts', async () => {
    const task = await addTask(board, shop)
    const auditId = await edit(task, { priority: 'high' })

    const outcomes = await Promise.allSettled([
      undoChange(board.ctx, auditId),
      undoChange(board.ctx, auditId),
      undoChange(board.ctx, auditId),
    ])

    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    await expect(undoChange(board.ctx, auditId)).rejects.toMatchObject({
      code: 'conflict',
      facts: { undone: true },
    })
  })

  test('throws not-found for an unknown change, and refuses undos and bare results', async () => {
    const task = await addTask(board, shop)
    const sentTexts = (await editTask(board.as(agent), task.id, { result: { summary: 'x' } })).auditId ?? ''
    const auditId = await edit(task, { priority: 'high' })
    const changes = await recordChanges(board.db)
    await undoChange(board.ctx, auditId)
    const undo = (await changes()).audit[0]?.id ?? ''

    await expect(undoChange(board.ctx, board.ownerId)).rejects.toMatchObject({ code: 'not-found' })
    await expect(undoChange(board.ctx, undo)).rejects.toMatchObject({ code: 'invalid' })
    await expect(undoChange(board.ctx, sentTexts)).rejects.toMatchObject({ code: 'invalid' })
  })

  test('throws not-found for a task that was deleted in the meantime', async () => {
    const task = await addTask(board, shop)
    const auditId = await edit(task, { priority: 'high' })
    await deleteTask(board.ctx, task.id)

    await expect(undoChange(board.ctx, auditId)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('undoing a creation', () => {
  test('deletes the task; its number is never reused', async () => {
    const { task, auditId } = await createTask(board.ctx, { projectId: shop.id, title: 'x' })
    const changes = await recordChanges(board.db)

    const undone = await undoChange(board.ctx, auditId)

    expect(undone).toMatchObject({ entry: { action: 'task.create' }, task: null })
    expect(await findTask(board.scope, task.key)).toBeNull()
    expect((await changes()).events).toMatchObject([{ type: 'TASK_DELETED', entityId: task.key }])
    expect((await addTask(board, shop)).number).toBe(task.number + 1)
  })

  test('works after a change of it was undone, and is refused if it has changed', async () => {
    const { task, auditId } = await createTask(board.ctx, { projectId: shop.id, title: 'x' })
    const change = await edit(task, { priority: 'high' })

    await expect(undoChange(board.ctx, auditId)).rejects.toMatchObject({ code: 'conflict' })
    await undoChange(board.ctx, change)
    await undoChange(board.ctx, auditId)

    expect(await findTask(board.scope, task.key)).toBeNull()
  })
})

describe('undoing a deletion', () => {
  test('restores the task with everything, including its logs', async () => {
    const task = await addTask(board, shop, { labels: ['z', 'a'], status: 'archived', focus: true })
    await edit(task, { comment: 'Keep me.', runState: 'queued' })
    const before = await now(task)
    const { auditId } = await deleteTask(board.ctx, task.id)
    const changes = await recordChanges(board.db)

    const undone = await undoChange(board.ctx, auditId)

    expect(undone.task?.id).toBe(task.id)
    expect(withoutStamp(await now(task))).toEqual(withoutStamp(before))
    expect(await board.db.select().from(workLogs).where(eq(workLogs.taskId, task.id))).toHaveLength(1)
    expect((await changes()).events).toMatchObject([{ type: 'TASK_CREATED', entityId: task.key }])
  })

  test('is refused if its project is deleted', async () => {
    const gone = await addProject(board, 'GONE')
    const task = await addTask(board, gone)
    const { auditId } = await deleteTask(board.ctx, task.id)
    await deleteProject(board.ctx, 'GONE')

    await expect(undoChange(board.ctx, auditId)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('undoing a move to another project', () => {
  test('moves the task back to its old key; the other key leads there', async () => {
    const task = await addTask(board, shop)
    const { task: moved, auditId } = await moveToProject(board.ctx, task.key, 'BARN')

    const undone = await undoChange(board.ctx, auditId ?? '')

    expect(undone.task).toMatchObject({ key: task.key, project: { key: 'SHOP' } })
    expect(withoutStamp(await now(task))).toEqual(withoutStamp(task))
    expect(await findTask(board.scope, moved.key)).toMatchObject({ id: task.id })
    await expect(undoChange(board.ctx, auditId ?? '')).rejects.toMatchObject({ facts: { undone: true } })
  })

  test('is refused if it has changed, or its old project is deleted', async () => {
    const away = await addProject(board, 'AWAY')
    const task = await addTask(board, away)
    const first = await moveToProject(board.ctx, task.key, 'BARN')
    const second = await moveToProject(board.ctx, task.key, 'SHOP')

    await expect(undoChange(board.ctx, first.auditId ?? '')).rejects.toMatchObject({ code: 'conflict' })
    await undoChange(board.ctx, second.auditId ?? '')
    await deleteProject(board.ctx, 'AWAY')

    await expect(undoChange(board.ctx, first.auditId ?? '')).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('the last change', () => {
  test('is the owner’s newest change that is not undone, no matter who acted since', async () => {
    const task = await addTask(board, shop)
    const first = await edit(task, { priority: 'high' })
    const second = await edit(task, { labels: ['brand new'] })
    board.clock.advance({ minutes: 1 })
    await editTask(board.as(agent), task.id, { branch: 'theirs' })

    expect(await lastChange(board.scope)).toMatchObject({ id: second, targetId: task.key })
    await undoChange(board.ctx, second)

    expect(await lastChange(board.scope)).toMatchObject({ id: first, action: 'task.edit' })
  })
})
