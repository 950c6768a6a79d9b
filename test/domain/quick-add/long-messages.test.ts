import { describe, expect, test } from 'vitest'
import { parseQuickAdd } from '../../../src/domain/quick-add/quick-add.ts'
import { parseDigestReply } from '../../../src/domain/reports/digest-reply.ts'

const now = new Date('2026-11-24T09:00:00Z')

/** A context that counts how often a date is looked for: each look reads the clock. */
function counting() {
  const looks = { count: 0 }
  const context = {
    get now() {
      looks.count += 1
      return now
    },
    timeZone: 'Europe/Berlin',
    projectKeys: ['WEB'],
    lines: 6,
  }
  return { looks, context }
}

const filled = (unit: string) => unit.repeat(4_000).slice(0, 4_000)

describe('a message of 4,000 characters', () => {
  test.each(['^in ', '^fri ', '^"x" ', '^a '])('of %j alone is tried as a date at most 20 times', (unit) => {
    const { looks, context } = counting()

    parseQuickAdd(filled(unit), context)

    // A date that is found reads the clock twice more, to be placed.
    expect(looks.count).toBeLessThanOrEqual(3 * 20)
  })

  test.each(['a,', '1 a,', '1,', 'x;', '1-999,', 'done 1,', 'a\n'])(
    'of %j alone, as a reply to a digest, is refused whole before any date is read',
    (unit) => {
      const { looks, context } = counting()

      const { orders, problems } = parseDigestReply(filled(unit), context)

      expect([looks.count, orders]).toEqual([0, []])
      expect(problems).toEqual(['That’s too much at once: at most 100 parts. Nothing changed.'])
    },
  )

  test('with 100 parts is read, and with 101 it is not', () => {
    const parts = (count: number) => Array.from({ length: count }, () => '1 done').join(', ')
    const { context } = counting()

    expect(parseDigestReply(parts(100), context).orders).toEqual([{ line: 1, act: { verb: 'done' } }])
    expect(parseDigestReply(parts(101), context).orders).toEqual([])
  })

  test('is a comment including its commas if it starts with a line number', () => {
    const { context } = counting()
    const words = filled('a, ').trim()

    expect(parseDigestReply(`2: ${words}`, context).orders).toEqual([{ line: 2, act: { comment: words } }])
  })

  test('of one long word is text, whatever it starts with', () => {
    const { context } = counting()
    for (const sign of ['#', '+', '!', '@']) {
      const draft = parseQuickAdd(`Fix ${sign}${'/'.repeat(300)}^`, context)
      expect([draft.labels, draft.problems]).toEqual([[], []])
    }
  })
})
