import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { botUpdates } from '../../../src/db/schema.ts'
import type { Write } from '../../../src/domain/core/commit/writes.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import {
  acceptUpdates,
  deleteExpiredUpdates,
  deleteOtherBots,
  effectMark,
  finishUpdate,
  hadEffect,
  takeUpdate,
} from '../../../src/telegram/store/updates.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { scrub } from '../../support/updates.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())
afterEach(() => board.db.delete(botUpdates))

const botId = 1000
const update = (update_id: number, text = 'hi') => ({ update_id, message: { text } })

describe('updates', () => {
  test('are stored once, however often and by whomever they come', async () => {
    const now = board.clock.now()

    const stored = await Promise.all([
      acceptUpdates(board.db, [update(1), update(2)], { botId, scrub, now }),
      acceptUpdates(board.db, [update(2), update(3)], { botId, scrub, now }),
      acceptUpdates(board.db, [], { botId, scrub, now }),
    ])

    expect(stored.reduce((sum, count) => sum + count)).toBe(3)
    expect(await board.db.$count(botUpdates)).toBe(3)
  })

  test('of two bots are told apart, whatever ids they have, until one takes over', async () => {
    await acceptUpdates(board.db, [update(1, 'to one')], { botId, scrub, now: board.clock.now() })
    const stored = await acceptUpdates(board.db, [update(1, 'to the other')], {
      botId: 2000,
      scrub,
      now: board.clock.now(),
    })

    await deleteOtherBots(board.db, 2000)

    expect(stored).toBe(1)
    expect((await takeUpdate(board.db))?.update).toEqual(update(1, 'to the other'))
  })

  test('come in order, each until it is finished', async () => {
    await acceptUpdates(board.db, [update(8), update(7)], { botId, scrub, now: board.clock.now() })
    const at = board.clock.now()

    expect(await takeUpdate(board.db)).toEqual({ updateId: 7, update: update(7), attempts: 1 })
    expect((await takeUpdate(board.db))?.attempts).toBe(2)
    expect((await takeUpdate(board.db, { uncounted: 7 }))?.attempts).toBe(2)
    expect(await takeUpdate(board.db, { ended: { updateId: 7, at } })).toMatchObject({
      updateId: 8,
      attempts: 1,
    })
    await finishUpdate(board.db, { updateId: 8, at }, 'gave up')

    expect(await takeUpdate(board.db)).toBeNull()
    expect(
      await board.db.query.botUpdates.findMany({ orderBy: (row, { asc }) => asc(row.updateId) }),
    ).toMatchObject([
      { updateId: 7, finishedAt: at, error: null, attempts: 2 },
      { updateId: 8, finishedAt: at, error: 'gave up', attempts: 1 },
    ])
  })

  test('take effect once; the effect of a change that fails does not count', async () => {
    await acceptUpdates(board.db, [update(1)], { botId, scrub, now: board.clock.now() })
    const change = (rows: readonly Write[]) => {
      const extras = async () => [
        effectMark(1, { isFirst: true, now: board.clock.now() }, () => new Error('handled')),
      ]
      const options = { db: board.db, ownerId: board.ownerId, now: board.clock.now, extras }
      const ctx = createCtx({ ...options, actor: { kind: 'owner' } })
      return ctx.commit(async () => ({ unchanged: true, result: 'done', rows }))
    }

    const failed = change([{ kind: 'statement', statement: () => 'delete from bot_updates where 1 / 0 = 1' }])

    await expect(failed).rejects.toMatchObject({ cause: { message: 'division by zero' } })
    await expect(change([])).resolves.toBe('done')
    await expect(change([])).rejects.toThrow('handled')
    expect(await hadEffect(board.db, 1)).toBe(true)
  })

  test('that hold what Postgres cannot store are stored without it', async () => {
    await acceptUpdates(board.db, [update(1, 'a\u0000b\ud83dc 🚀')], { botId, scrub, now: board.clock.now() })

    expect((await takeUpdate(board.db))?.update).toEqual(update(1, 'ab\ufffdc 🚀'))
  })

  test('are forgotten once they are finished and old', async () => {
    await acceptUpdates(board.db, [update(1), update(2), update(3)], { botId, scrub, now: board.clock.now() })
    await finishUpdate(board.db, { updateId: 1, at: board.clock.now() })
    board.clock.advance({ days: 2 })
    await finishUpdate(board.db, { updateId: 2, at: board.clock.now() })

    const gone = await deleteExpiredUpdates(board.db, new Date(board.clock.now().getTime() - 86_400_000))

    expect(gone).toBe(1)
    expect((await takeUpdate(board.db))?.updateId).toBe(3)
  })
})
