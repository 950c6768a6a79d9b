import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDigestReply } from '../../../src/domain/reports/digest-reply.ts'

// A Tuesday, 10:00 in Berlin.
const context = { now: new Date('2026-11-24T09:00:00Z'), timeZone: 'Europe/Berlin', lines: 6 }
const read = (text: string) => parseDigestReply(text, context)
const byLine = (text: string) => Object.fromEntries(read(text).orders.map(({ line, act }) => [line, act]))
const tomorrow = new Date('2026-11-25T22:59:00Z')
const friday = new Date('2026-11-27T22:59:00Z')

describe('a reply to numbered lines', () => {
  test.each([
    ['1 done, 3 tomorrow, 5 hold', { 1: { verb: 'done' }, 3: { dueAt: tomorrow }, 5: { verb: 'hold' } }],
    ['1 done\n3 tomorrow\n5 hold', { 1: { verb: 'done' }, 3: { dueAt: tomorrow }, 5: { verb: 'hold' } }],
    ['1, 2 done', { 1: { verb: 'done' }, 2: { verb: 'done' } }],
    ['1 2 done', { 1: { verb: 'done' }, 2: { verb: 'done' } }],
    ['1 and 2 done', { 1: { verb: 'done' }, 2: { verb: 'done' } }],
    ['#1 + #2 Done', { 1: { verb: 'done' }, 2: { verb: 'done' } }],
    ['2-4 archive', { 2: { verb: 'archived' }, 3: { verb: 'archived' }, 4: { verb: 'archived' } }],
    ['done 1, 3', { 1: { verb: 'done' }, 3: { verb: 'done' } }],
    ['hold 1-2', { 1: { verb: 'hold' }, 2: { verb: 'hold' } }],
    ['4 fri 17:00', { 4: { dueAt: new Date('2026-11-27T16:00:00Z') } }],
    ['4 fri, 17:00', { 4: { dueAt: new Date('2026-11-27T16:00:00Z') } }],
    ['1 fri, !high', { 1: { dueAt: friday, priority: 'high' } }],
    ['1 2026-12-01', { 1: { dueAt: new Date('2026-12-01T22:59:00Z') } }],
    ['1 no date', { 1: { dueAt: null } }],
    ['2 pin; 3 queue; 4 @codex', { 2: { focus: true }, 3: { verb: 'queue' }, 4: { engine: 'codex' } }],
    [
      '2: use the second endpoint, not the first',
      { 2: { comment: 'use the second endpoint, not the first' } },
    ],
    ['1) done', { 1: { verb: 'done' } }],
    ['1. done, 2) hold', { 1: { verb: 'done' }, 2: { verb: 'hold' } }],
    ['2 !!', { 2: { priority: 'highest' } }],
    ['2 done!', { 2: { verb: 'done' } }],
    ['1 #bug', { 1: { labels: ['bug'] } }],
    ['3 reopen', { 3: { verb: 'reopen' } }],
    ['3 take back', { 3: { verb: 'stop' } }],
    ['1. done', { 1: { verb: 'done' } }],
    ['1.done 2)hold', { 1: { verb: 'done' }, 2: { verb: 'hold' } }],
    ['1 - done', { 1: { verb: 'done' } }],
    ['1 – done', { 1: { verb: 'done' } }],
    ['1 complete', { 1: { verb: 'done' } }],
    ['1 completed', { 1: { verb: 'done' } }],
    ['1 done 2 hold', { 1: { verb: 'done' }, 2: { verb: 'hold' } }],
    ['1 done and 2 hold', { 1: { verb: 'done' }, 2: { verb: 'hold' } }],
    ['done 1 hold 2', { 1: { verb: 'done' }, 2: { verb: 'hold' } }],
    ['1 fri 17:00 2 in 1 day', { 1: { dueAt: new Date('2026-11-27T16:00:00Z') }, 2: { dueAt: tomorrow } }],
    ['1—3 done', { 1: { verb: 'done' }, 2: { verb: 'done' }, 3: { verb: 'done' } }],
    ['1 to 2 done', { 1: { verb: 'done' }, 2: { verb: 'done' } }],
    ['1、2 done', { 1: { verb: 'done' }, 2: { verb: 'done' } }],
    ['1 done，2 hold', { 1: { verb: 'done' }, 2: { verb: 'hold' } }],
    ['1 done, 1 !low', { 1: { verb: 'done', priority: 'low' } }],
  ])('%j', (text, acts) => {
    expect(byLine(text)).toEqual(acts)
    expect(read(text).problems).toEqual([])
  })

  test.each([
    ['1 dnoe', ["I didn't understand “1 dnoe”."]],
    ['9 done', ["There's no line 9."]],
    ['0 done', ["There's no line 0."]],
    ['1, 2', ['What about 1, 2?']],
    ['thanks', ["I didn't understand “thanks”."]],
    ['1 done 2 dnoe', ["I didn't understand “1 done 2 dnoe”."]],
  ])('reports what it does not understand of %j', (text, problems) => {
    expect(read(text)).toEqual({ orders: [], problems })
  })

  test('does the rest if a part is not understood', () => {
    expect(read('1 done, 3 whenever')).toEqual({
      orders: [{ line: 1, act: { verb: 'done' } }],
      problems: ["I didn't understand “3 whenever”."],
    })
  })

  test('never names a missing line, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { orders } = read(text)
        return orders.every(({ line }) => line >= 1 && line <= context.lines)
      }),
    )
  })
})
