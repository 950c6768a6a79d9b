import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDigestReply } from '../../src/domain/digest-reply.ts'

// A Tuesday, 10:00 in Berlin.
const context = { now: new Date('2026-11-24T09:00:00Z'), timeZone: 'Europe/Berlin', lines: 6 }
const read = (text: string) => parseDigestReply(text, context)
const byLine = (text: string) => Object.fromEntries(read(text).orders.map(({ line, edit }) => [line, edit]))
const tomorrow = new Date('2026-11-25T22:59:00Z')
const friday = new Date('2026-11-27T22:59:00Z')

describe('a reply to numbered lines', () => {
  test.each([
    ['1 done, 3 tomorrow, 5 hold', { 1: { status: 'done' }, 3: { dueAt: tomorrow }, 5: { status: 'hold' } }],
    ['1 done\n3 tomorrow\n5 hold', { 1: { status: 'done' }, 3: { dueAt: tomorrow }, 5: { status: 'hold' } }],
    ['1, 2 done', { 1: { status: 'done' }, 2: { status: 'done' } }],
    ['1 2 done', { 1: { status: 'done' }, 2: { status: 'done' } }],
    ['1 and 2 done', { 1: { status: 'done' }, 2: { status: 'done' } }],
    ['#1 + #2 Done', { 1: { status: 'done' }, 2: { status: 'done' } }],
    ['2-4 archive', { 2: { status: 'archived' }, 3: { status: 'archived' }, 4: { status: 'archived' } }],
    ['done 1, 3', { 1: { status: 'done' }, 3: { status: 'done' } }],
    ['hold 1-2', { 1: { status: 'hold' }, 2: { status: 'hold' } }],
    ['4 fri 17:00', { 4: { dueAt: new Date('2026-11-27T16:00:00Z') } }],
    ['4 fri, 17:00', { 4: { dueAt: new Date('2026-11-27T16:00:00Z') } }],
    ['1 fri, !high', { 1: { dueAt: friday, priority: 'high' } }],
    ['1 2026-12-01', { 1: { dueAt: new Date('2026-12-01T22:59:00Z') } }],
    ['1 no date', { 1: { dueAt: null } }],
    ['2 pin; 3 queue; 4 @codex', { 2: { focus: true }, 3: { runState: 'queued' }, 4: { engine: 'codex' } }],
    [
      '2: use the second endpoint, not the first',
      { 2: { comment: 'use the second endpoint, not the first' } },
    ],
    ['1 done, 1 !low', { 1: { status: 'done', priority: 'low' } }],
  ])('%j', (text, edits) => {
    expect(byLine(text)).toEqual(edits)
    expect(read(text).problems).toEqual([])
  })

  test.each([
    ['1 dnoe', ['“1 dnoe” was not understood.']],
    ['9 done', ['There is no line 9.']],
    ['0 done', ['There is no line 0.']],
    ['1, 2', ['What about 1, 2?']],
    ['thanks', ['“thanks” was not understood.']],
  ])('says what it does not understand of %j', (text, problems) => {
    expect(read(text)).toEqual({ orders: [], problems })
  })

  test('does what it understands where a part is not understood', () => {
    expect(read('1 done, 3 whenever')).toEqual({
      orders: [{ line: 1, edit: { status: 'done' } }],
      problems: ['“3 whenever” was not understood.'],
    })
  })

  test('never names a line that is not there, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { orders } = read(text)
        return orders.every(({ line }) => line >= 1 && line <= context.lines)
      }),
    )
  })
})
