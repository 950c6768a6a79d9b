import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWords } from '../../../src/domain/quick-add/key-words.ts'

// A Tuesday, 10:00 in Berlin.
const context = {
  now: new Date('2026-11-24T09:00:00Z'),
  timeZone: 'Europe/Berlin',
  projectKeys: ['WEB', 'API', 'B2B'],
}
const read = (text: string) => parseWords(text, context)
const endOf = (day: string) => new Date(`2026-11-${day}T22:59:00Z`)

/** What a text changes, by key; null if it is no change. */
const changesOf = (text: string) => {
  const words = read(text)
  return words?.kind === 'change' ? Object.fromEntries(words.changes.map(({ key, act }) => [key, act])) : null
}

describe('words that change tasks', () => {
  test.each([
    ['WEB-2 done', { 'WEB-2': { verb: 'done' } }],
    ['web-2 DONE!', { 'WEB-2': { verb: 'done' } }],
    ['done WEB-2', { 'WEB-2': { verb: 'done' } }],
    ['Done: WEB-2', { 'WEB-2': { verb: 'done' } }],
    ['#WEB-2 done', { 'WEB-2': { verb: 'done' } }],
    ['WEB-2: done.', { 'WEB-2': { verb: 'done' } }],
    ['mark WEB-2 as done please', { 'WEB-2': { verb: 'done' } }],
    ['WEB-2 is done', { 'WEB-2': { verb: 'done' } }],
    ['WEB-2 → done', { 'WEB-2': { verb: 'done' } }],
    ['WEB-2 ✅', { 'WEB-2': { verb: 'done' } }],
    ['WEB-2 ✔️', { 'WEB-2': { verb: 'done' } }],
    ['WEB-2 ⏸', { 'WEB-2': { verb: 'hold' } }],
    ['WEB-2 ⏸️', { 'WEB-2': { verb: 'hold' } }],
    ['WEB-2 ⭐️', { 'WEB-2': { focus: true } }],
    ['web-2 accept', { 'WEB-2': { verb: 'done' } }],
    ['WEB-2 todo', { 'WEB-2': { verb: 'todo' } }],
    ['WEB-2 to do', { 'WEB-2': { verb: 'todo' } }],
    ['WEB-2 hold', { 'WEB-2': { verb: 'hold' } }],
    ['WEB-2 on hold', { 'WEB-2': { verb: 'hold' } }],
    ['move WEB-2 to inbox', { 'WEB-2': { verb: 'inbox' } }],
    ['drop WEB-2', { 'WEB-2': { verb: 'archived' } }],
    ['WEB-2 archive', { 'WEB-2': { verb: 'archived' } }],
    ['reopen WEB-2', { 'WEB-2': { verb: 'reopen' } }],
    ['stop WEB-2', { 'WEB-2': { verb: 'stop' } }],
    ['WEB-2 take back', { 'WEB-2': { verb: 'stop' } }],
    ['take back WEB-2', { 'WEB-2': { verb: 'stop' } }],
    ['focus WEB-2', { 'WEB-2': { focus: true } }],
    ['WEB-2 unfocus', { 'WEB-2': { focus: false } }],
    ['WEB-2 *', { 'WEB-2': { focus: true } }],
    ['queue WEB-2 WEB-3', { 'WEB-2': { verb: 'queue' }, 'WEB-3': { verb: 'queue' } }],
    [
      'Queue web-2, api-3 and B2B-1',
      { 'WEB-2': { verb: 'queue' }, 'API-3': { verb: 'queue' }, 'B2B-1': { verb: 'queue' } },
    ],
    ['queue WEB-2 now', { 'WEB-2': { verb: 'queue' } }],
    ['WEB-2, WEB-3 done', { 'WEB-2': { verb: 'done' }, 'WEB-3': { verb: 'done' } }],
    ['WEB-2 done, WEB-3 hold', { 'WEB-2': { verb: 'done' }, 'WEB-3': { verb: 'hold' } }],
    ['done WEB-2, hold WEB-3', { 'WEB-2': { verb: 'done' }, 'WEB-3': { verb: 'hold' } }],
    ['focus WEB-2 unfocus WEB-3', { 'WEB-2': { focus: true }, 'WEB-3': { focus: false } }],
    ['WEB-2 done\nWEB-3 hold', { 'WEB-2': { verb: 'done' }, 'WEB-3': { verb: 'hold' } }],
    ['WEB-2 done; queue WEB-3', { 'WEB-2': { verb: 'done' }, 'WEB-3': { verb: 'queue' } }],
    [
      'WEB-9 !high ^fri @codex #label',
      { 'WEB-9': { priority: 'high', dueAt: endOf('27'), engine: 'codex', labels: ['label'] } },
    ],
    ['queue WEB-2 !high', { 'WEB-2': { verb: 'queue', priority: 'high' } }],
    ['!! WEB-2', { 'WEB-2': { priority: 'highest' } }],
    ['WEB-2 !!', { 'WEB-2': { priority: 'highest' } }],
    ['WEB-2 @claude', { 'WEB-2': { engine: 'claude-code' } }],
    ['WEB-2 #버그', { 'WEB-2': { labels: ['버그'] } }],
    ['WEB-2 #a #b', { 'WEB-2': { labels: ['a', 'b'] } }],
    ['WEB-2 ^내일', { 'WEB-2': { dueAt: endOf('25') } }],
    ['WEB-2 ^in 3 days', { 'WEB-2': { dueAt: endOf('27') } }],
    ['WEB-2 fri 17:00', { 'WEB-2': { dueAt: new Date('2026-11-27T16:00:00Z') } }],
    ['WEB-2 tomorrow', { 'WEB-2': { dueAt: endOf('25') } }],
    ['WEB-2 no date', { 'WEB-2': { dueAt: null } }],
    ['WEB-2 done WEB-2 !low', { 'WEB-2': { verb: 'done', priority: 'low' } }],
    ['WEB-2 done WEB-3', { 'WEB-2': { verb: 'done' }, 'WEB-3': {} }],
  ])('%j', (text, changes) => {
    expect(changesOf(text)).toEqual(changes)
  })

  test.each([
    ['WEB-2 !urgent', ['!urgent'], {}],
    ['WEB-2 done ^blursday', ['^blursday'], { verb: 'done' }],
    ['WEB-2 +nope !low', ['+nope'], { priority: 'low' }],
  ])('%j does what it understands and reports the rest', (text, problems, act) => {
    expect(read(text)).toEqual({ kind: 'change', changes: [{ key: 'WEB-2', act }], problems })
  })
})

describe('words that open tasks', () => {
  test.each([
    ['WEB-1', ['WEB-1']],
    ['#WEB-1', ['WEB-1']],
    ['WEB-1.', ['WEB-1']],
    ['(web-1)', ['WEB-1']],
    ['WEB-1?', ['WEB-1']],
    ['WEB-1 done?', ['WEB-1']],
    ['WEB-007', ['WEB-7']],
    ['WEB-9 WEB-10', ['WEB-9', 'WEB-10']],
    ['WEB-9, api-1', ['WEB-9', 'API-1']],
    ['WEB-1 WEB-1', ['WEB-1']],
  ])('%j', (text, keys) => {
    expect(read(text)).toEqual({ kind: 'open', keys })
  })

  test.each([
    ['9', { kind: 'number', number: 9 }],
    ['#12', { kind: 'number', number: 12 }],
    ['web9', { kind: 'compact', keys: ['WEB-9'] }],
    ['B2B7', { kind: 'compact', keys: ['B2B-7'] }],
  ])('%j', (text, words) => {
    expect(read(text)).toEqual(words)
  })

  test('a key without its dash may mean one of two projects', () => {
    const projectKeys = ['WEB', 'WEB9']

    expect(parseWords('web91', { ...context, projectKeys })).toEqual({
      kind: 'compact',
      keys: ['WEB-91', 'WEB9-1'],
    })
  })
})

test.each([
  'WEB-2 is broken on Safari',
  'WEB-2 is done but the tests fail',
  'Fix WEB-2',
  'WEB-2: use the second endpoint',
  'done',
  'queue',
  'hold on',
  'UTF-8 done',
  'COVID-19',
  'ISO-8601 ^fri',
  'mp3',
  'e2e-1 done',
  '상품 검색이 느려요',
  'WEB-2 로그인이 안 돼요',
  'WEB-2를 완료',
  'WEB-2 done yesterday',
  'WEB-2 5',
  'WEB-2 #123',
  'WEB-2 ok',
  'wait WEB-2',
  'close the tab WEB-2 opens',
  'see https://example.com/WEB-2 done',
  'https://example.com/WEB-2',
  'example.com/WEB-2 done',
  '`WEB-2` done',
  '\\WEB-2 done',
  'WEB-2-3 done',
  'XWEB-2 done',
  'WEB-2a done',
  'WEB-2@x.dev done',
  'WEB- 2 done',
  'WEB-2 done\nand then write the tests',
  'WEB-2 done\n!high',
  'WEB: fix the login',
  '🎉🎉🎉',
  '👍',
  '?',
  '!!',
  '0',
  '-3',
  '3.5',
  '12345678',
  '',
  '   ',
  `${'WEB-2 '.repeat(300)}done`,
])('%j is a new task', (text) => {
  expect(read(text)).toBeNull()
})

describe('any text', () => {
  const vocabulary = fc.constantFrom(
    ...[
      'done',
      'queue',
      'hold',
      '!high',
      '^fri',
      '@codex',
      '#bug',
      'and',
      'XYZ-1',
      'UTF-8',
      'web',
      'WEB',
      '-2',
      '완료',
      '✅',
      ',',
      '\n',
      '?',
      '9 9',
    ],
  )
  const isNumber = (text: string) => /^\s*[#＃]?[\d０-９]+[.?!．？！]?\s*$/.test(text.replace(/\p{Cf}/gu, ''))
  const hasKey = (text: string) => /(?:web|api|b2b)-?\d/i.test(text)

  test('without a known key never changes tasks', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.array(vocabulary, { maxLength: 8 }).map((words) => words.join(' ')),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!hasKey(text) && !isNumber(text))
        return read(text) === null
      }),
      { numRuns: 2_000 },
    )
  })

  test('around a key only yields keys of known projects', () => {
    const words = fc.array(fc.oneof(vocabulary, fc.constantFrom('WEB-2', 'api-3', 'ABC-4')), { maxLength: 8 })
    fc.assert(
      fc.property(words, (some) => {
        const found = read(some.join(' '))
        const keys =
          found === null || found.kind === 'number'
            ? []
            : found.kind === 'change'
              ? found.changes.map(({ key }) => key)
              : found.keys
        return keys.every((key) => /^(?:WEB|API|B2B)-\d+$/.test(key))
      }),
    )
  })
})
