import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { botUpdates } from '../../../src/db/schema.ts'
import type { Write } from '../../../src/domain/core/commit/writes.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import {
  acceptUpdates,
  countAttempt,
  deleteExpiredUpdates,
  deleteOtherBots,
  effectMark,
  finishUpdate,
  nextUpdate,
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
    expect((await nextUpdate(board.db))?.update).toEqual(update(1, 'to the other'))
  })

  test('come in order, each until it is finished', async () => {
    await acceptUpdates(board.db, [update(8), update(7)], { botId, scrub, now: board.clock.now() })
    const attempt = { updateId: 7, attempts: 0 }
    const counted = [await countAttempt(board.db, attempt), await countAttempt(board.db, attempt)]

    expect(counted).toEqual([true, false])
    expect(await nextUpdate(board.db)).toEqual({
      updateId: 7,
      update: update(7),
      receivedAt: board.clock.now(),
      hadEffect: false,
      attempts: 1,
    })
    await finishUpdate(board.db, 7, board.clock.now())
    expect((await nextUpdate(board.db))?.updateId).toBe(8)
    await finishUpdate(board.db, 8, board.clock.now(), 'gave up')

    expect(await nextUpdate(board.db)).toBeNull()
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
    expect((await nextUpdate(board.db))?.hadEffect).toBe(true)
  })

  test('that hold what Postgres cannot store are stored without it', async () => {
    await acceptUpdates(board.db, [update(1, 'a\u0000b\ud83dc 🚀')], { botId, scrub, now: board.clock.now() })

    expect((await nextUpdate(board.db))?.update).toEqual(update(1, 'ab\ufffdc 🚀'))
  })

  test('are forgotten once they are finished and old', async () => {
    await acceptUpdates(board.db, [update(1), update(2), update(3)], { botId, scrub, now: board.clock.now() })
    await finishUpdate(board.db, 1, board.clock.now())
    board.clock.advance({ days: 2 })
    await finishUpdate(board.db, 2, board.clock.now())

    const gone = await deleteExpiredUpdates(board.db, new Date(board.clock.now().getTime() - 86_400_000))

    expect(gone).toBe(1)
    expect((await nextUpdate(board.db))?.updateId).toBe(3)
  })
})
