import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  composeNote,
  criteriaOf,
  newNote,
  textOf,
  withCriteria,
  withText,
} from '../../../src/domain/tasks/notes/note.ts'

const section = '## Acceptance Criteria'

describe('a note', () => {
  test('is text, then one section of criteria', () => {
    const note = composeNote({
      text: 'Why.',
      criteria: [
        { text: 'a', met: true },
        { text: 'b', met: false },
      ],
    })

    expect(note).toBe(`Why.\n\n${section}\n\n- [x] a\n- [ ] b`)
    expect(textOf(note)).toBe('Why.')
    expect(criteriaOf(note)).toEqual([
      { text: 'a', met: true },
      { text: 'b', met: false },
    ])
  })

  test('collects criteria from anywhere except code blocks', () => {
    const note =
      'One\n- [ ] a\ntwo\n```md\n- [ ] code\n```\n* [X] b\n~~~~\n~~~\n- [ ] code too\n~~~~\n- [ ] c'

    expect(criteriaOf(note)).toEqual([
      { text: 'a', met: false },
      { text: 'b', met: true },
      { text: 'c', met: false },
    ])
    expect(textOf(note)).toBe('One\ntwo\n```md\n- [ ] code\n```\n~~~~\n~~~\n- [ ] code too\n~~~~')
  })

  test('keeps blank lines inside code', () => {
    expect(textOf('a\n\n\n\nb\n```\nx\n\n\n\ny\n```')).toBe('a\n\nb\n```\nx\n\n\n\ny\n```')
  })

  test('closes a code block before the criteria, or they would be code', () => {
    const note = newNote('```sh\nnpm test', ['passes'])

    expect(note).toBe(`\`\`\`sh\nnpm test\n\`\`\`\n\n${section}\n\n- [ ] passes`)
    expect(criteriaOf(note)).toEqual([{ text: 'passes', met: false }])
  })

  test('has one section, however its heading is written', () => {
    expect(withCriteria('Text\n\n# acceptance criteria:\n\n- [x] a', ['a', 'b'])).toBe(
      `Text\n\n${section}\n\n- [x] a\n- [ ] b`,
    )
  })

  test('keeps criteria when its text is replaced, and check marks when its criteria are', () => {
    const note = `Old\n\n${section}\n\n- [x] a\n- [ ] b`

    expect(withText(note, 'New\n- [ ] c\n- [ ] a')).toBe(`New\n\n${section}\n\n- [x] a\n- [ ] b\n- [ ] c`)
    expect(withCriteria(note, ['b', ' a ', 'd', 'd', ' '])).toBe(
      `Old\n\n${section}\n\n- [ ] b\n- [x] a\n- [ ] d`,
    )
  })

  test('is null if nothing is left', () => {
    expect(withText('Old', '')).toBeNull()
    expect(withCriteria(`${section}\n\n- [ ] a`, [])).toBeNull()
    expect(newNote(null, [])).toBeNull()
  })

  test('refuses more than 50,000 characters', () => {
    expect(() => withCriteria('x'.repeat(49_990), ['long'])).toThrowError(/at most 50000/)
    expect(withCriteria('x'.repeat(50_000), [])).toHaveLength(50_000)
  })
})

describe('writing a note twice', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('- [ ] a', '- [x] b', '* [X] c', section, '```', '```js', '~~~', '````', '', '  - [ ] d'),
  )
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'))
  const criteria = fc.array(fc.constantFrom('a', 'b', 'c', ' d  e ', 'f'), { maxLength: 5 })

  test('changes nothing the second time, and a text keeps the existing criteria', () => {
    fc.assert(
      fc.property(text, text, (old, next) => {
        const first = withText(old, next)

        expect(withText(first, next)).toBe(first)
        expect(criteriaOf(first)).toEqual(expect.arrayContaining(criteriaOf(old)))
      }),
    )
  })

  test('with the same criteria changes nothing the second time, and the text stays', () => {
    fc.assert(
      fc.property(text, criteria, (old, wanted) => {
        const first = withCriteria(old, wanted)

        expect(withCriteria(first, wanted)).toBe(first)
        expect(textOf(withCriteria(first, []))).toBe(textOf(first))
      }),
    )
  })
})
