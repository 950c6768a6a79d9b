import { and, asc, eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ProjectRow, tasks } from '../../../src/db/schema.ts'
import type { TaskStatus } from '../../../src/domain/core/task-values.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import type { Place } from '../../../src/domain/tasks/edit/order.ts'
import { placeTask } from '../../../src/domain/tasks/edit/place.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
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
afterEach(() => board.db.delete(tasks))

const lane = async (status: TaskStatus = 'todo') =>
  (await listTasks(board.scope, { statuses: [status] })).map((task) => task.title)

const keysOf = async (status: TaskStatus = 'todo') =>
  (
    await board.db
      .select({ key: tasks.sortOrder })
      .from(tasks)
      .where(and(eq(tasks.ownerId, board.ownerId), eq(tasks.status, status)))
      .orderBy(asc(tasks.sortOrder))
  ).map((row) => row.key)

const addAll = async (titles: string, status: TaskStatus = 'todo') => {
  const made: Record<string, Task> = {}
  for (const title of titles) {
    board.clock.advance({ minutes: 1 })
    made[title] = await addTask(board, shop, { title, status })
  }
  return (title: string) => made[title]?.id ?? ''
}

const setKey = (id: string, sortOrder: string) =>
  board.db.update(tasks).set({ sortOrder }).where(eq(tasks.id, id))

describe('placing a card', () => {
  test.each<[string, string, (id: (title: string) => string) => Place, string]>([
    ['to the top', 'c', () => ({ at: 'start' }), 'cabd'],
    ['to the end', 'b', () => ({ at: 'end' }), 'acdb'],
    ['up by one', 'c', (id) => ({ before: id('b') }), 'acbd'],
    ['down by one', 'b', (id) => ({ after: id('c') }), 'acbd'],
    ['before the first', 'd', (id) => ({ before: id('a') }), 'dabc'],
    ['after the last', 'a', (id) => ({ after: id('d') }), 'bcda'],
    ['after a card that is gone: to the end', 'a', () => ({ after: board.ownerId }), 'bcda'],
  ])('%s', async (_what, title, place, order) => {
    const id = await addAll('abcd')

    await placeTask(board.ctx, id(title), { place: place(id) })

    expect((await lane()).join('')).toBe(order)
  })

  test('writes its key, an event and an audit entry', async () => {
    const id = await addAll('ab')
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    const { task, auditId } = await placeTask(board.ctx, id('b'), { place: { at: 'start' } })

    expect(task.updatedAt).toEqual(board.clock.now())
    const left = await changes()
    expect(left.events).toMatchObject([
      { type: 'TASK_UPDATED', entityId: task.key, payload: { changedFields: ['sort_order'] } },
    ])
    expect(left.audit).toMatchObject([
      { id: auditId, action: 'task.move', meta: { after: { sortOrder: task.sortOrder } } },
    ])
  })

  test.each<[string, string, (id: (title: string) => string) => Place]>([
    ['the top', 'a', () => ({ at: 'start' })],
    ['the end', 'd', () => ({ at: 'end' })],
    ['before its next', 'b', (id) => ({ before: id('c') })],
    ['after its last', 'b', (id) => ({ after: id('a') })],
    ['beside itself', 'b', (id) => ({ after: id('b') })],
  ])('at its own position (%s) changes nothing', async (_what, title, place) => {
    const id = await addAll('abxcd')
    await board.db.delete(tasks).where(eq(tasks.id, id('x')))
    const changes = await recordChanges(board.db)

    const { auditId } = await placeTask(board.ctx, id(title), { place: place(id) })

    expect(auditId).toBeNull()
    expect((await lane()).join('')).toBe('abcd')
    expect(await changes()).toEqual(noChanges)
  })

  test('into another lane takes its place there even if its key stays the same', async () => {
    const id = await addAll('a', 'hold')
    const inbox = await addAll('x', 'inbox')
    const place = () => placeTask(board.ctx, id('a'), { status: 'inbox', place: { before: inbox('x') } })
    const { sortOrder } = (await place()).task
    await editTask(board.ctx, id('a'), { status: 'hold' })
    await setKey(id('a'), sortOrder)

    await place()

    expect((await lane('inbox')).join('')).toBe('ax')
  })

  test('into another lane is one change: status, place, log, one audit entry', async () => {
    const id = await addAll('ab')
    const ready = await addAll('xy', 'ready')
    const changes = await recordChanges(board.db)

    await placeTask(board.ctx, id('a'), { status: 'ready', place: { before: ready('y') } })

    expect((await lane('ready')).join('')).toBe('xay')
    const left = await changes()
    expect(left.events.map((event) => event.type)).toEqual(['TASK_STATUS_CHANGED', 'WORKLOG_CREATED'])
    expect(left.audit).toMatchObject([
      { action: 'task.move', meta: { before: { status: 'todo' }, after: { status: 'ready' } } },
    ])
  })

  test('of a missing card throws not-found', async () => {
    const attempt = placeTask(board.ctx, 'SHOP-999', { place: { at: 'end' } })

    await expect(attempt).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the keys of a lane', () => {
  test('stay short, however often a card goes between two others', async () => {
    const id = await addAll('abcd')

    for (let i = 0; i < 150; i += 1) {
      const [middle, other] = i % 2 === 0 ? ['b', 'c'] : ['c', 'b']
      await placeTask(board.ctx, id(other), { place: { after: id('a') } })
      await placeTask(board.ctx, id(middle), { place: { after: id('a') } })
    }

    const keys = await keysOf()
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThanOrEqual(50)
    expect(new Set(keys).size).toBe(4)
  }, 60_000)

  test('are rebalanced at 50 characters, in the order of the cards', async () => {
    const id = await addAll('abcd')
    await setKey(id('a'), 'a0')
    await setKey(id('b'), `a0${'0'.repeat(47)}1`)
    await setKey(id('c'), `a0${'0'.repeat(47)}2`)
    await setKey(id('d'), 'a1')

    await placeTask(board.ctx, id('d'), { place: { before: id('c') } })

    expect((await lane()).join('')).toBe('abdc')
    expect(Math.max(...(await keysOf()).map((key) => key.length))).toBeLessThan(10)
  })

  test('of another writer may be equal or not fractional', async () => {
    const id = await addAll('abcd')
    for (const title of 'abc') await setKey(id(title), 'a0')
    await setKey(id('d'), '0|zzz:')
    const before = await lane()
    const expected = before
      .filter((title) => title !== 'd')
      .flatMap((title) => (title === 'b' ? ['d', 'b'] : [title]))

    await placeTask(board.ctx, id('d'), { place: { before: id('b') } })
    const added = await addTask(board, shop, { title: 'e', status: 'todo' })

    expect(await lane()).toEqual([...expected, 'e'])
    expect(added.sortOrder.length).toBeLessThan(10)
  })

  test('follow random moves like an array', async () => {
    const titles = [...'abcdef']
    const id = await addAll('abcdef')
    const model = [...titles]
    const move = fc.record({
      title: fc.constantFrom(...titles),
      kind: fc.constantFrom('start', 'end', 'before', 'after'),
      anchor: fc.constantFrom(...titles),
    })

    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 8 }), async (moves) => {
        for (const { title, kind, anchor } of moves) {
          const place: Place =
            kind === 'start' || kind === 'end'
              ? { at: kind }
              : kind === 'before'
                ? { before: id(anchor) }
                : { after: id(anchor) }
          await placeTask(board.ctx, id(title), { place })
          if (!('at' in place) && anchor === title) continue
          model.splice(model.indexOf(title), 1)
          const at = {
            start: 0,
            end: model.length,
            before: model.indexOf(anchor),
            after: model.indexOf(anchor) + 1,
          }
          model.splice(at[kind], 0, title)
        }

        expect(await lane()).toEqual(model)
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  test('never collide when twenty cards enter a lane or one place concurrently', async () => {
    const id = await addAll('abcdefghijklmnopqrst', 'inbox')
    const anchor = await addTask(board, shop, { status: 'ready' })

    await Promise.all([...'abcdefghij'].map((title) => editTask(board.ctx, id(title), { status: 'ready' })))
    await Promise.all(
      [...'klmnopqrst'].map((title) =>
        placeTask(board.ctx, id(title), { status: 'ready', place: { after: anchor.id } }),
      ),
    )

    const keys = await keysOf('ready')
    expect(keys).toHaveLength(21)
    expect(new Set(keys).size).toBe(21)
  })

  test('never collide with twenty concurrent moves, creates and edits, and nobody waits forever', async () => {
    const id = await addAll('abcdefgh')
    await addProject(board, 'NEXT')
    // So long that the first insertion between them spreads the lane while others hold its cards.
    await setKey(id('a'), 'a0')
    await setKey(id('b'), `a0${'0'.repeat(47)}1`)

    const writers = Array.from({ length: 24 }, (_, i): Promise<unknown> => {
      const title = 'abcdefgh'[i % 8] ?? ''
      const other = 'abcdefgh'[(i * 3 + 1) % 8] ?? ''
      switch (i % 6) {
        case 0:
          return addTask(board, shop, { title: `n${i}`, status: 'todo' })
        case 1:
          return placeTask(board.ctx, id(title), { place: { after: id(other) } })
        case 2:
          return placeTask(board.ctx, id(title), { place: { after: id('a') } })
        case 3:
          return editTask(board.ctx, id(title), {
            labels: [`l${i % 3}`, `l${(i + 1) % 3}`],
            priority: 'high',
          })
        case 4:
          return moveToProject(board.ctx, id(title), 'NEXT')
        default:
          return placeTask(board.ctx, id(title), { status: i % 2 ? 'todo' : 'ready', place: { at: 'start' } })
      }
    })
    const outcomes = await Promise.allSettled(writers)

    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toEqual([])
    for (const status of ['todo', 'ready'] as const) {
      const keys = await keysOf(status)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })
})
