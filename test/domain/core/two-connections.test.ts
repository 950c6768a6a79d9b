import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ProjectRow, tasks } from '../../../src/db/schema.ts'
import type { Db, Tx } from '../../../src/db/types.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { newestEventId, readEvents } from '../../../src/domain/core/outbox.ts'
import { claimTask } from '../../../src/domain/tasks/claim.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { placeTask } from '../../../src/domain/tasks/edit/place.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { agent, type Board, openBoard } from '../../support/board.ts'
import { addProject, addTask, onPostgres } from '../../support/tasks.ts'
import { isDoneOrWaits } from '../../support/waiting.ts'

let board: Board
let shop: ProjectRow
let barn: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
  barn = await addProject(board, 'BARN')
})
afterAll(() => board.close())
beforeEach(() => board.clock.advance({ minutes: 1 }))
afterEach(() => board.db.delete(tasks))

/** Acts as the owner in a transaction that stays open. */
const within = (tx: Tx) =>
  createCtx({ db: tx, ownerId: board.ownerId, actor: { kind: 'owner' }, now: board.clock.now })

/** Does something over another connection while a transaction is open: until it is done, or waits for the transaction. */
async function runBeside<T>(tx: Tx, work: Promise<T>) {
  return { isDone: await isDoneOrWaits(tx, work), work }
}

describe.skipIf(!onPostgres)('over two connections (skipped on the embedded database, which has one)', () => {
  test('a claim takes the next task where the first is being changed', async () => {
    const first = await addTask(board, shop, { title: 'first', status: 'todo', queued: true })
    board.clock.advance({ minutes: 1 })
    await addTask(board, shop, { title: 'second', status: 'todo', queued: true })

    const claiming = await board.db.transaction(async (tx) => {
      await tx.select().from(tasks).where(eq(tasks.id, first.id)).for('update')
      return runBeside(tx, claimTask(board.as(agent), {}))
    })

    expect(claiming.isDone).toBe(true)
    expect((await claiming.work).task?.title).toBe('second')
  })

  test('a claim waits for the only task where that is being changed', async () => {
    const only = await addTask(board, shop, { title: 'only', status: 'todo', queued: true })

    const claiming = await board.db.transaction(async (tx) => {
      await tx.select().from(tasks).where(eq(tasks.id, only.id)).for('update')
      return runBeside(tx, claimTask(board.as(agent), {}))
    })

    expect(claiming.isDone).toBe(false)
    expect((await claiming.work).task?.title).toBe('only')
  })

  test('an event is visible only once all that have a lower id are', async () => {
    const after = await newestEventId(board.scope)
    const titlesSeen = async () =>
      (await readEvents(board.scope, { after, limit: 10 })).map(
        ({ payload }) => (payload as { title: string }).title,
      )

    const { seen, writing } = await board.db.transaction(async (tx) => {
      await createTask(within(tx), { projectId: shop.id, title: 'first' })
      const writing = await runBeside(tx, createTask(board.ctx, { projectId: barn.id, title: 'second' }))
      return { writing, seen: await titlesSeen() }
    })
    await writing.work

    expect(seen).toEqual([])
    expect(await titlesSeen()).toEqual(['first', 'second'])
  })

  test('two cards that are put in one place get different keys', async () => {
    const [anchor, one, other] = [
      await addTask(board, shop, { title: 'anchor', status: 'todo' }),
      await addTask(board, shop, { title: 'one', status: 'todo' }),
      await addTask(board, shop, { title: 'other', status: 'todo' }),
    ]
    const place = { before: anchor.id }

    const placing = await board.db.transaction(async (tx) => {
      await placeTask(within(tx), one.id, { place })
      return runBeside(tx, placeTask(board.ctx, other.id, { place }))
    })
    await placing.work

    const keyOf = async (id: string) => (await requireTask(board.scope, id)).sortOrder
    expect(await keyOf(one.id)).not.toBe(await keyOf(other.id))
  })

  test('two tasks of one project get different numbers', async () => {
    const creating = await board.db.transaction(async (tx) => {
      await createTask(within(tx), { projectId: shop.id, title: 'one' })
      return runBeside(tx, createTask(board.ctx, { projectId: shop.id, title: 'other' }))
    })
    await creating.work

    const numbers = (await numbersIn(board.db)).sort((a, b) => a - b)
    expect((numbers[1] ?? 0) - (numbers[0] ?? 0)).toBe(1)
  })
})

async function numbersIn(db: Db): Promise<number[]> {
  return (await db.select({ number: tasks.taskNumber }).from(tasks)).map(({ number }) => number)
}
