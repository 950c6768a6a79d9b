import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { securityEvents } from '../../../src/db/schema.ts'
import {
  createFailureCounter,
  type FailureCounter,
  listSecurityEvents,
  recordSecurityEvent,
} from '../../../src/domain/access/security.ts'
import { type Board, openBoard } from '../../support/board.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())

describe('security events', () => {
  test('are listed newest first in pages, including those without an owner', async () => {
    for (const [minute, ownerId] of [board.ownerId, null, board.ownerId].entries()) {
      await recordSecurityEvent(board.db, {
        ownerId,
        eventType: 'chat.stranger',
        outcome: 'failure',
        detail: { minute },
        now: new Date(board.clock.now().getTime() + minute * 60_000),
      })
    }

    const first = await listSecurityEvents(board.scope, { limit: 2 })
    const second = await listSecurityEvents(board.scope, { limit: 2, before: first.nextCursor ?? '' })

    expect(first.entries.map(({ detail }) => detail)).toEqual([{ minute: 2 }, { minute: 1 }])
    expect(second.entries.map(({ detail }) => detail)).toEqual([{ minute: 0 }])
    expect(second.nextCursor).toBeNull()
  })

  test('keep the origin of a request, cut to useful lengths', async () => {
    board.clock.advance({ hours: 1 })

    await recordSecurityEvent(board.db, {
      ownerId: board.ownerId,
      eventType: 'auth.token',
      outcome: 'failure',
      ipAddress: '203.0.113.9',
      userAgent: 'a'.repeat(900),
      path: `/${'p'.repeat(900)}`,
      detail: { reason: 'unknown' },
      now: board.clock.now(),
    })

    const { entries } = await listSecurityEvents(board.scope, { limit: 1 })
    expect(entries).toMatchObject([{ ipAddress: '203.0.113.9', detail: { reason: 'unknown' } }])
    expect(entries[0]?.userAgent).toHaveLength(500)
    expect(entries[0]?.path).toHaveLength(500)
  })
})

describe('repeated failures', () => {
  let counter: FailureCounter
  let known: number
  beforeEach(async () => {
    board.clock.advance({ days: 1 })
    known = await board.db.$count(securityEvents)
    counter = createFailureCounter({ db: board.db, ownerId: board.ownerId, now: board.clock.now })
  })
  afterEach(() => counter.close())

  const failure = {
    eventType: 'auth.token',
    ipAddress: '203.0.113.9',
    detail: { reason: 'unknown' },
  } as const
  /** What was written since, oldest first. */
  const written = async () => {
    const count = (await board.db.$count(securityEvents)) - known
    if (count === 0) return []
    const { entries } = await listSecurityEvents(board.scope, { limit: count })
    return entries.map(({ ipAddress, detail }) => [ipAddress, detail?.count]).reverse()
  }

  test('write the first immediately and the rest of the minute as one row at its end', async () => {
    for (let second = 0; second < 50; second += 1) {
      await counter.count(failure)
      board.clock.advance({ ms: 1_000 })
    }
    expect(await written()).toEqual([['203.0.113.9', 1]])

    await counter.flush()
    expect(await written()).toHaveLength(1)
    board.clock.advance({ ms: 10_000 })
    await counter.flush()

    expect(await written()).toEqual([
      ['203.0.113.9', 1],
      ['203.0.113.9', 49],
    ])
  })

  test('write at most one row a minute', async () => {
    for (let second = 0; second < 300; second += 1) {
      await counter.count(failure)
      board.clock.advance({ ms: 1_000 })
    }

    const rows = await written()
    expect(rows).toHaveLength(5)
    await counter.close()
    const all = await written()
    expect(all.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(300)
  })

  test('are counted separately by kind and address', async () => {
    await counter.count(failure)
    await counter.count({ ...failure, ipAddress: '203.0.113.10' })
    await counter.count({ ...failure, eventType: 'auth.webhook' })
    await counter.count({ eventType: 'auth.token' })

    expect(await written()).toHaveLength(4)
  })

  test('are written when the counter is closed', async () => {
    await counter.count(failure)
    await counter.count(failure)
    await counter.count(failure)

    await counter.close()

    expect(await written()).toEqual([
      ['203.0.113.9', 1],
      ['203.0.113.9', 2],
    ])
  })

  test('start over after a minute without failures', async () => {
    await counter.count(failure)
    board.clock.advance({ minutes: 2 })
    await counter.flush()

    await counter.count(failure)

    expect(await written()).toEqual([
      ['203.0.113.9', 1],
      ['203.0.113.9', 1],
    ])
  })

  test('from many new addresses fill neither memory nor the table', async () => {
    for (let address = 0; address < 1_100; address += 1) {
      await counter.count({ ...failure, ipAddress: `2001:db8:0:${address.toString(16)}::1` })
    }

    const rows = await written()
    expect(rows).toHaveLength(1_001)
    expect(rows.at(-1)).toEqual([null, 1])
  })
})
