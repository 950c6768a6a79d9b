import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProjectRow, projects, taskLabels, tasks } from '../../../src/db/schema.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { findTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
})
afterAll(() => board.close())

describe('creating a task', () => {
  test('stores it in the inbox under the next key, on its own branch, with event and audit entry', async () => {
    const changes = await recordChanges(board.db)

    const { task, auditId } = await createTask(board.ctx, { projectId: shop.id, title: ' Fix the\n till ' })

    expect(task).toMatchObject({
      key: 'SHOP-1',
      prefix: 'SHOP',
      number: 1,
      title: 'Fix the till',
      note: null,
      status: 'inbox',
      priority: 'none',
      branch: 'task/shop-1/fix-the-till',
      engine: null,
      runState: null,
      runStateUpdatedAt: null,
      dueAt: null,
      focusedAt: null,
      archivedAt: null,
      labels: [],
      project: { key: 'SHOP', deleted: false },
    })
    expect(task.createdAt).toEqual(board.clock.now())
    expect(task.updatedAt).toEqual(board.clock.now())
    expect(await findTask(board.scope, 'shop-1')).toEqual(task)
    const left = await changes()
    expect(left.events).toEqual([
      {
        type: 'TASK_CREATED',
        entityId: 'SHOP-1',
        payload: { title: 'Fix the till', status: 'inbox', actor: 'owner' },
      },
    ])
    expect(left.audit).toHaveLength(1)
    expect(left.audit[0]).toMatchObject({
      id: auditId,
      action: 'task.create',
      targetType: 'task',
      targetId: 'SHOP-1',
      meta: { taskId: task.id, title: 'Fix the till', by: 'owner' },
    })
  })

  test('stores every given field', async () => {
    const dueAt = new Date('2026-12-01T08:00:00.000Z')

    const { task } = await createTask(board.ctx, {
      projectId: shop.id,
      title: 'All of it',
      description: 'Why.\n- [x] known\n\n## Acceptance criteria\n- [ ] measured',
      criteria: ['told', 'known'],
      status: 'archived',
      priority: 'highest',
      labels: ['Backend', 'urgent', 'BACKEND'],
      engine: 'codex',
      branch: 'feature/all',
      dueAt,
      focus: true,
    })

    expect(task).toMatchObject({
      note: 'Why.\n\n## Acceptance Criteria\n\n- [x] known\n- [ ] measured\n- [ ] told',
      status: 'archived',
      priority: 'highest',
      engine: 'codex',
      branch: 'feature/all',
      dueAt,
    })
    expect(task.labels.map((label) => label.name)).toEqual(['BACKEND', 'urgent'])
    expect(task.focusedAt).toEqual(board.clock.now())
    expect(task.archivedAt).toEqual(board.clock.now())
  })

  test.each([
    ['a title of blanks', { title: ' \n ' }],
    ['a title of 181 characters', { title: 'x'.repeat(181) }],
    ['a title with a NUL', { title: 'a\u0000b' }],
    ['half a surrogate pair', { title: 'a\ud83d' }],
    ['a status out of its set', { title: 'x', status: 'working' as 'todo' }],
    ['a label of 41 characters', { title: 'x', labels: ['x'.repeat(41)] }],
    ['a criterion of 201 characters', { title: 'x', criteria: ['x'.repeat(201)] }],
    [
      'a note that is too long with its criteria',
      { title: 'x', description: 'x'.repeat(50_000), criteria: ['y'] },
    ],
  ])('refuses %s and writes nothing', async (_what, draft) => {
    const changes = await recordChanges(board.db)

    const attempt = createTask(board.ctx, { projectId: shop.id, ...draft })

    await expect(attempt).rejects.toMatchObject({ code: 'invalid' })
    expect(await changes()).toEqual(noChanges)
  })

  test('counts characters as Postgres does: 180 emoji are a title, 50,000 a note', async () => {
    const task = await addTask(board, shop, { title: '🚀'.repeat(180), description: '🚀'.repeat(50_000) })

    expect([...task.title]).toHaveLength(180)
    expect([...(task.note ?? '')]).toHaveLength(50_000)
  })

  test('throws not-found for a deleted or unknown project', async () => {
    const gone = await addProject(board, 'GONE')
    await board.db.update(projects).set({ deletedAt: board.clock.now() }).where(eq(projects.id, gone.id))
    const changes = await recordChanges(board.db)

    for (const projectId of [gone.id, board.ownerId]) {
      const attempt = createTask(board.ctx, { projectId, title: 'x' })
      await expect(attempt).rejects.toMatchObject({ code: 'not-found' })
    }

    expect(await changes()).toEqual(noChanges)
  })
})

describe('task keys', () => {
  test('are different and consecutive for 50 creates at once', async () => {
    const burst = await addProject(board, 'BURST')

    const made = await Promise.all(
      Array.from({ length: 50 }, (_, i) => addTask(board, burst, { title: `Task ${i}` })),
    )

    const numbers = made.map((task) => task.number).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    expect(new Set(made.map((task) => task.sortOrder)).size).toBe(50)
  })

  test('are never reused, not even the highest', async () => {
    const project = await addProject(board, 'ONCE')
    await addTask(board, project)
    const second = await addTask(board, project)
    await deleteTask(board.ctx, second.key)

    const third = await addTask(board, project)

    expect([second.key, third.key]).toEqual(['ONCE-2', 'ONCE-3'])
  })

  test('continue after the numbers of another writer', async () => {
    const project = await addProject(board, 'OTHER')
    await addTask(board, project)
    await board.db.insert(tasks).values({
      ownerId: board.ownerId,
      projectId: project.id,
      taskKey: 'OTHER-7',
      taskPrefix: 'OTHER',
      taskNumber: 7,
      title: 'From elsewhere',
    })

    const [next, after] = [await addTask(board, project), await addTask(board, project)]

    expect([next.key, after.key]).toEqual(['OTHER-8', 'OTHER-9'])
  })

  test('are not used up by a refused task', async () => {
    const project = await addProject(board, 'SPARE')
    const refused = createTask(board.ctx, { projectId: project.id, title: '' })
    await expect(refused).rejects.toMatchObject({ code: 'invalid' })

    const task = await addTask(board, project)

    expect(task.key).toBe('SPARE-1')
  })
})

describe('labels of a new task', () => {
  test('are created once, in any case, by twelve concurrent tasks', async () => {
    const names = ['Über', 'beta', 'Alpha', '한글']

    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        addTask(board, shop, {
          labels: names
            .map((name) => (i % 2 === 0 ? name.toUpperCase() : name.toLowerCase()))
            .sort(() => (i % 3) - 1),
        }),
      ),
    )

    const stored = await board.db.select().from(taskLabels)
    const mine = stored.filter((label) =>
      names.some((name) => name.toLowerCase() === label.name.toLowerCase()),
    )
    expect(mine).toHaveLength(4)
    expect(made.every((task) => task.labels.length === 4)).toBe(true)
  })

  test('have their own audit entries, and the first is mirrored on the task', async () => {
    const changes = await recordChanges(board.db)

    const task = await addTask(board, shop, { labels: ['fresh', 'newer'] })

    const { audit } = await changes()
    expect(audit.map((entry) => entry.action).sort()).toEqual(['label.create', 'label.create', 'task.create'])
    const [row] = await board.db.select().from(tasks).where(eq(tasks.id, task.id))
    expect(row?.labelId).toBe(task.labels[0]?.id)
  })
})
