import { describe, expect, test } from 'vitest'
import { permissionOptions } from '../../src/domain/questions/new-question.ts'
import type { ClosedQuestion, OpenQuestion } from '../../src/domain/questions/question.ts'
import { toPlainText } from '../../src/view/kit/html.ts'
import { optionLabels } from '../../src/view/tasks/questions/options.ts'
import { outcomeText, waitedText } from '../../src/view/tasks/questions/outcome.ts'
import { questionRows } from '../../src/view/tasks/questions/question-buttons.ts'
import { commandBlock, maxCommand, questionBlock } from '../../src/view/tasks/questions/question-text.ts'

const now = new Date('2026-11-24T09:00:00Z')
const tool = { name: 'Bash', input: 'a hash', useId: null, agentId: null, isDangerous: false }
const question = (more: Partial<OpenQuestion> = {}): OpenQuestion => ({
  id: '0198d0e2-0000-7000-8000-000000000001',
  kind: 'ask',
  items: [{ id: '1', text: 'Red or blue?', options: [], multi: false }],
  detail: null,
  name: 'laptop',
  engine: null,
  runner: null,
  askedAt: now,
  expiresAt: null,
  tool: null,
  draft: null,
  returnsTo: null,
  ...more,
})
const optionsOf = (...labels: readonly string[]) => ({
  multi: false,
  options: labels.map((label, index) => ({ id: String(index + 1), label })),
})

describe('the labels of options', () => {
  test.each([
    ['at most half a row: two per row', 'x'.repeat(15), false, 2],
    ['half a row', 'x'.repeat(16), false, 2],
    ['over half a row: one per row', 'x'.repeat(17), false, 1],
    ['almost a row', 'x'.repeat(32), false, 1],
    ['a row', 'x'.repeat(33), false, 1],
    ['over a row: numbered and listed', 'x'.repeat(34), true, 1],
  ])('of %s', (_, label, isNumbered, columns) => {
    expect(optionLabels(optionsOf('No', label))).toMatchObject({ isNumbered, columns })
  })

  test('are numbered if two look the same', () => {
    expect(optionLabels(optionsOf('Yes', 'Yes')).labels).toEqual(['1. Yes', '2. Yes'])
  })

  test('keep an emoji whole where they are cut', () => {
    const [label = ''] = optionLabels(optionsOf('👩‍🚀'.repeat(20), 'No')).labels
    expect(label).toMatch(/^1\. (?:👩‍🚀)+…$/u)
  })
})

describe('a command', () => {
  const shown = (detail: string) =>
    toPlainText(commandBlock(question({ kind: 'permission', detail })) ?? { html: '' })

  test.each([maxCommand - 1, maxCommand])('of %i characters is shown in full', (length) => {
    expect(shown('x'.repeat(length))).toBe('x'.repeat(length))
  })

  test('that is one character longer is shown in part, and says so', () => {
    expect(shown('x'.repeat(maxCommand + 1))).toContain(
      `…\n📎 This is only the beginning of ${(maxCommand + 1).toLocaleString('en')} characters.`,
    )
  })

  test.each([
    ['HTML', '<b>&amp;', '<b>&amp;'],
    ['an override of the direction', 'a\u202eb', 'a\\u{202e}b'],
    ['an invisible character', 'a\u200bb', 'a\\u{200b}b'],
    ['a carriage return', 'safe\rrm', 'safe\\u{d}rm'],
  ])('is shown as it is: %s', (_, detail, text) => {
    expect(shown(detail)).toBe(text)
  })
})

describe('the buttons of a permission', () => {
  const rowsOf = (more: Partial<OpenQuestion>) => {
    const items = [{ id: '1', text: 'Run it?', options: [...permissionOptions], multi: false }]
    return questionRows(question({ kind: 'permission', items, ...more }), 'card')
  }

  test.each<[string, Partial<OpenQuestion>, string[][]]>([
    ['of an agent without hooks', {}, [['Allow', 'Deny'], ['Deny and say why']]],
    [
      'of a hook',
      { tool },
      [
        ['Allow', 'Allow for session'],
        ['Deny', 'Deny and say why'],
      ],
    ],
    [
      'that is dangerous',
      { tool: { ...tool, isDangerous: true } },
      [['Allow', 'Deny'], ['Deny and say why']],
    ],
    [
      'with kept words',
      { draft: { items: [], chosen: [], words: 'no' } },
      [['Deny with these words'], ['Allow', 'Deny'], ['Deny and say why']],
    ],
  ])('%s', (_, more, rows) => {
    expect(rowsOf(more).map((row) => row.map(({ label }) => label))).toEqual(rows)
  })

  test.each([
    ['green', 'success', false],
    ['plain if it is dangerous', undefined, true],
  ])('show Allow %s', (_, style, isDangerous) => {
    const [allow] = rowsOf({ tool: { ...tool, isDangerous } }).flat()
    expect(allow).toMatchObject({ label: 'Allow' })
    expect(allow !== undefined && 'style' in allow ? allow.style : undefined).toBe(style)
  })
})

test('long options are listed with their numbers, short ones only with their descriptions', () => {
  const long = 'Use the cookie parser of the gateway module'
  const items = [{ id: '1', text: 'Which?', ...optionsOf(long, 'No') }]
  expect(toPlainText(questionBlock(question({ items }), '') ?? { html: '' })).toBe(`1. ${long}\n2. No`)

  const described = [
    { id: '1', label: 'Yes', description: 'It is quick' },
    { id: '2', label: 'No' },
  ]
  const short = [{ id: '1', text: 'Which?', multi: false, options: described }]
  expect(toPlainText(questionBlock(question({ items: short }), '') ?? { html: '' })).toBe('Yes: It is quick')
})

const closed = (more: Partial<ClosedQuestion>): ClosedQuestion => ({
  kind: 'ask',
  name: 'laptop',
  engine: null,
  runner: null,
  tool: null,
  returnsTo: null,
  state: 'answered',
  answer: null,
  answeredBy: null,
  askedAt: now,
  closedAt: now,
  fetchedAt: null,
  ...more,
})
const answer = (text: string, option?: string) => ({
  items: [{ id: '1', text, options: option === undefined ? [] : [{ id: option, label: text }] }],
})

test.each<[string, Partial<ClosedQuestion>]>([
  ['✅ Answered: Blue', { answer: answer('Blue', '1') }],
  ['✅ Allowed', { kind: 'permission', answer: answer('Allow', 'allow') }],
  ['🚫 Denied', { kind: 'permission', answer: answer('Deny', 'deny') }],
  ['🚫 Denied: use pnpm', { kind: 'permission', answer: answer('use pnpm', 'deny') }],
  ['✅ Approved', { kind: 'plan', answer: answer('Approve', 'approve') }],
  ['✅ Approved, edits included', { kind: 'plan', answer: answer('…', 'approve-edits') }],
  ['✅ Answered: smaller steps', { kind: 'plan', answer: answer('smaller steps') }],
  ['✅ Answered: Go', { kind: 'plan', returnsTo: 'todo', answer: answer('Go', 'go') }],
  ['⌛ No answer in time', { state: 'expired' }],
  ['⌛ No answer in time – laptop goes on with: Blue', { state: 'expired', answer: answer('Blue') }],
  ['⌛ No longer waiting here – answer in the terminal', { state: 'expired', tool }],
  ['⌛ Answered in the terminal', { state: 'withdrawn', answeredBy: 'terminal' }],
  ['⌛ Withdrawn', { state: 'withdrawn', answeredBy: 'agent' }],
  ['⌛ Withdrawn', { state: 'withdrawn' }],
])('a question ends with “%s”', (text, more) => {
  expect(toPlainText(outcomeText(closed(more)))).toBe(text)
})

test.each([
  [59_999, ''],
  [60_000, ' · waited 1 min'],
  [4 * 60_000, ' · waited 4 min'],
])('a wait of %i ms reads “%s”', (ms, text) => {
  expect(waitedText({ askedAt: now, closedAt: new Date(now.getTime() + ms) })).toBe(text)
})
