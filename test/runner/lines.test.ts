import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createTail, readLines } from '../../src/runner/process/lines.ts'

describe('an agent’s output', () => {
  test.each([
    [4, ['abcd', 'ef']],
    [5, ['abcde', 'ef']],
    [6, ['abcdef', 'ef']],
    [7, ['abcdef', 'ef']],
  ])('keeps %i characters of a line', async (max, expected) => {
    const lines: string[] = []

    await readLines(
      Readable.from([Buffer.from('abc'), Buffer.from('def\ne'), Buffer.from('f')]),
      (line) => lines.push(line),
      max,
    )

    expect(lines).toEqual(expected)
  })

  test('keeps a character that arrives in two parts', async () => {
    const lines: string[] = []
    const bytes = Buffer.from('größe\n')

    await readLines(Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]), (line) => lines.push(line))

    expect(lines).toEqual(['größe'])
  })

  test.each([3_999, 4_000, 4_001])('keeps at most 4,000 of %i characters of a tail', (length) => {
    const tail = createTail()

    tail.add('x'.repeat(length - 1))
    tail.add('y')

    expect(tail.text()).toHaveLength(Math.min(length, 4_000))
    expect(tail.text().at(-1)).toBe('y')
  })
})
