import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createInbox, type Inbox, type InboxOptions } from '../../../src/bot/intake/inbox.ts'
import { createCtx } from '../../../src/domain/core/context.ts'
import { acceptUpdates, effectMark } from '../../../src/telegram/store/updates.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { scrub } from '../../support/updates.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const botId = 1000
const update = (update_id: number) => ({ update_id })

let board: Board
let inbox: Inbox
let outcomes: string[]
let apologies: number[]

beforeEach(async () => {
  board = await openBoard()
  outcomes = []
  apologies = []
})
afterEach(async () => {
  await inbox.stop()
  await board.close()
})

const start = (handle: InboxOptions['handle'], more: Partial<InboxOptions> = {}) => {
  inbox = createInbox({
    store: board.db,
    botId,
    now: board.clock.now,
    log,
    scrub,
    redact: (text) => text,
    handle,
    reportFailure: async ({ update_id }) => void apologies.push(update_id),
    onHandled: (outcome) => void outcomes.push(outcome),
    ...more,
  })
  inbox.start()
}
const rows = () => board.db.query.botUpdates.findMany({ orderBy: (row, { asc }) => asc(row.updateId) })
const handled = (count: number) => expect.poll(() => outcomes.length, { timeout: 10_000 }).toBe(count)

describe('the inbox', () => {
  test('continues after a handler that hangs, which can then change nothing', async () => {
    let goOn = () => {}
    let late: Promise<unknown> = Promise.resolve()
    const change = (updateId: number) =>
      createCtx({
        db: board.db,
        ownerId: board.ownerId,
        actor: { kind: 'owner' },
        now: board.clock.now,
        extras: async () => [
          effectMark(updateId, { isFirst: true, now: board.clock.now() }, () => new Error('handled')),
        ],
      }).commit(async () => ({ unchanged: true, result: null }))
    start(
      async ({ update_id }) => {
        if (update_id !== 1) return
        late = new Promise<void>((resolve) => {
          goOn = resolve
        }).then(() => change(1))
        await late
      },
      { maxMs: 100 },
    )

    await inbox.accept([update(1), update(2)])
    await handled(2)
    goOn()

    expect(outcomes).toEqual(['failed', 'handled'])
    expect(apologies).toEqual([1])
    await expect(late).rejects.toThrow('handled')
  })

  test('doesn’t miss an update that is stored while it looks for one', async () => {
    await acceptUpdates(board.db, [update(1)], { botId, scrub, now: board.clock.now() })
    let looks = 0
    // The first look finds nothing; the signal comes before its end.
    const leads = () => {
      looks += 1
      if (looks === 1) inbox.wake()
      return looks > 1
    }

    start(async () => {}, { leads, idleMs: 60_000 })

    await handled(1)
  })

  test('doesn’t count attempts while the database is down', async () => {
    let away = 15
    start(async () => {
      away -= 1
      if (away >= 0) throw Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' })
    })

    await inbox.accept([update(1)])
    // Wakes the inbox at once; otherwise it would check again after a second.
    const waking = setInterval(() => inbox.wake(), 5)
    await handled(1)
    clearInterval(waking)

    expect(outcomes).toEqual(['handled'])
    expect((await rows())[0]?.attempts).toBe(1)
  })

  test('gives up an update that killed the process repeatedly, and says so', async () => {
    await acceptUpdates(board.db, [update(1), update(2)], { botId, scrub, now: board.clock.now() })
    await board.db.execute('update bot_updates set attempts = 10 where update_id = 1')

    start(async () => {})
    await handled(2)

    expect(outcomes).toEqual(['failed', 'handled'])
    expect(apologies).toEqual([1])
  })

  test('handles nothing while another process is the leader', async () => {
    let leads = false
    start(async () => {}, { leads: () => leads })
    await inbox.accept([update(1)])
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(outcomes).toEqual([])

    leads = true
    inbox.wake()

    await handled(1)
  })
})
