import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { parseQuickAdd, type QuickAddDraft } from '../../../src/domain/quick-add/quick-add.ts'
import { NewTask } from '../../../src/domain/tasks/schemas.ts'
import { isDayOnly, localDate, toZoned } from '../../../src/domain/time/time.ts'

const scene = {
  now: new Date('2026-03-16T10:00:00Z'),
  timeZone: 'Europe/Berlin',
  projectKeys: ['WEB', 'API'],
}

describe('the corpus', () => {
  for (const { input, expected, context } of readCorpus()) {
    test(`reads ${input} at ${context.now.toISOString()} in ${context.timeZone}`, () => {
      const draft = parseQuickAdd(input.replaceAll('⏎', '\n'), context)

      expect(describeDraft(draft, expected, context.timeZone)).toEqual(expected)
    })
  }
})

describe('a draft', () => {
  test('keeps labels in typed order', () => {
    expect(parseQuickAdd('Fix #ops #api #Ops #bug', scene).labels).toEqual(['ops', 'api', 'bug'])
  })

  test('says which words were read as the date', () => {
    expect(parseQuickAdd('Ship ^tomorrow 9am, to all', scene).dueText).toBe('tomorrow 9am')
    expect(parseQuickAdd('Ship ^"next friday 17:00"', scene).dueText).toBe('next friday 17:00')
  })

  test('cuts a long title at a word and keeps the whole line in the note', () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ')

    const draft = parseQuickAdd(`${words} #bug\nmore\n- [ ] works`, scene)

    expect(draft.title).toMatch(/^word0 .* word\d+…$/)
    expect([...draft.title].length).toBeLessThanOrEqual(180)
    expect(words.startsWith(draft.title.slice(0, -1))).toBe(true)
    expect(draft.note).toBe(`${words} #bug\n\nmore`)
    expect(draft).toMatchObject({ labels: ['bug'], criteria: [{ text: 'works', met: false }] })
  })

  test('counts a title in code points, as the database does', () => {
    expect(parseQuickAdd('🔥'.repeat(180), scene)).toMatchObject({ title: '🔥'.repeat(180), note: null })
    expect(parseQuickAdd('🔥'.repeat(181), scene).title).toBe(`${'🔥'.repeat(179)}…`)
  })

  test('drops characters that the database cannot store', () => {
    expect(parseQuickAdd('a\0b\ud83d c\nn\udd25o\0te', scene)).toMatchObject({ title: 'ab c', note: 'note' })
  })

  test('reads tokens between direction marks', () => {
    expect(parseQuickAdd('أصلح \u200f#عاجل\u200f \u2066@codex\u2069 \u200f*', scene)).toMatchObject({
      title: 'أصلح',
      labels: ['عاجل'],
      engine: 'codex',
      focusToday: true,
    })
  })

  test('accepts every kind of line break', () => {
    for (const lineBreak of ['\n', '\r\n', '\r', '\u2028', '\u2029']) {
      expect(parseQuickAdd(`Fix${lineBreak}one`, scene)).toMatchObject({ title: 'Fix', note: 'one' })
    }
  })

  test('keeps a criterion that is too long in the note', () => {
    const long = 'x'.repeat(201)
    expect(parseQuickAdd(`Fix\n- [ ] ${long}\n- [ ] short`, scene)).toMatchObject({
      note: `- ${long}`,
      criteria: [{ text: 'short', met: false }],
    })
  })

  test('has a title even for an empty message', () => {
    expect(parseQuickAdd('', scene).title).toBe('…')
    expect(parseQuickAdd(' \n \n', scene).title).toBe('…')
  })
})

describe('any message', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      '^fri',
      '^"',
      '"',
      '`',
      '```',
      '\\',
      '#',
      '#web',
      '!high',
      '+web',
      '@codex',
      '*',
      '>',
      '\n',
      '- [ ] ',
      '\ud83d',
      '\0',
    ),
    fc.constantFrom(
      '^in 3',
      'days',
      '^next',
      'friday',
      '9am',
      'WEB:',
      '다음',
      '^12월',
      '1.12.',
      '^99999',
      '\u200f',
      'x'.repeat(90),
    ),
  )
  const message = fc.array(fc.tuple(piece, fc.constantFrom('', ' '))).map((pieces) => pieces.flat().join(''))

  test('becomes a task that the board accepts', () => {
    fc.assert(
      fc.property(message, (text) => {
        const { title, note, criteria, labels, priority, engine, dueAt } = parseQuickAdd(text, scene)

        const task = NewTask.safeParse({
          projectId: '0197f2b0-0000-7000-8000-000000000000',
          title,
          description: note,
          criteria: criteria.map((criterion) => criterion.text),
          labels,
          engine,
          dueAt,
          ...(priority && { priority }),
        })

        expect(task.error).toBeUndefined()
        expect(title.isWellFormed()).toBe(true)
        expect(title).not.toMatch(/\s{2}|^\s|\s$/)
      }),
      { numRuns: 1000 },
    )
  })

  test('of plain words passes through unchanged', () => {
    const word = visible(/^[\p{L}\p{N}'"(),.;?&=_-]{1,12}$/u)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 10 }), (words) => {
        const text = words.join(' ')
        fc.pre(!/^(?:-|\d{1,3}[.)])\s/.test(text))
        expect(parseQuickAdd(text, scene)).toEqual({ ...untouched, title: text })
      }),
    )
  })

  test('with every token escaped comes back literally', () => {
    const token = fc
      .tuple(fc.constantFrom('#', '+', '!', '@', '^', '*'), visible(/^[\p{L}\p{N}!"_-]{0,12}$/u))
      .map((parts) => parts.join(''))
    const named = fc.constantFrom('#bug', '+web', '!!', '!high', '@codex', '^fri', '^"fri"', '*', '>')
    fc.assert(
      fc.property(fc.array(fc.oneof(token, named), { minLength: 1, maxLength: 10 }), (tokens) => {
        const text = tokens.map((each) => `\\${each}`).join(' ')
        expect(parseQuickAdd(text, scene)).toEqual({ ...untouched, title: tokens.join(' ') })
      }),
    )
  })

  test('is read in linear time, whatever it repeats', () => {
    const pieces = [' ', '\u200f', '#\u200f', '`` ', '* ', '> ']
    const started = performance.now()
    for (const piece of pieces) {
      for (const end of ['', 'x']) parseQuickAdd(piece.repeat(50_000) + end, scene)
    }
    // Seconds each where any of it is quadratic.
    expect(performance.now() - started).toBeLessThan(20_000)
  })

  test('too long for a title loses no word', () => {
    const word = visible(/^[\p{L}\p{N}]{1,40}$/u)
    fc.assert(
      fc.property(fc.array(word, { minLength: 100, maxLength: 120 }), (words) => {
        expect(parseQuickAdd(words.join(' '), scene).note).toBe(words.join(' '))
      }),
    )
  })
})

// Titles drop what can't be seen, and some letters can't (U+3164, the Hangul filler).
const visible = (pattern: RegExp) =>
  fc.stringMatching(pattern).filter((text) => !/\p{Default_Ignorable_Code_Point}/u.test(text))

const untouched: QuickAddDraft = {
  title: '',
  note: null,
  criteria: [],
  projectKey: null,
  labels: [],
  priority: null,
  engine: null,
  dueAt: null,
  dueText: null,
  focusToday: false,
  queue: false,
  problems: [],
}

interface CorpusCase {
  readonly input: string
  readonly expected: readonly string[]
  readonly context: { readonly now: Date; readonly timeZone: string; readonly projectKeys: string[] }
}

function readCorpus(): CorpusCase[] {
  const cases: CorpusCase[] = []
  let context: CorpusCase['context'] = { now: new Date(0), timeZone: 'UTC', projectKeys: [] }
  for (const line of readFileSync(new URL('quick-add.corpus.txt', import.meta.url), 'utf8').split('\n')) {
    const [input, output] = line.split(' ⇒ ')
    const [, date, time, timeZone] = /^now (\S+) (\S+) (\S+)$/.exec(line) ?? []
    if (line.startsWith('projects ')) context = { ...context, projectKeys: line.split(' ').slice(1) }
    if (timeZone) {
      const now = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timeZone)
      context = { ...context, now: new Date(now.epochMilliseconds), timeZone }
    }
    if (input && output) {
      const [title = '', ...fields] = output.split(' | ')
      const typed = input.replace(/^⏎+/, '').split('⏎')[0] ?? ''
      cases.push({ input, expected: [title === '=' ? typed : title, ...fields.sort()], context })
    }
  }
  return cases
}

function describeDraft(draft: QuickAddDraft, expected: readonly string[], timeZone: string): string[] {
  const offsetWanted = expected.some((field) => /^due .*[+-]\d\d:\d\d$/.test(field))
  const fields = [
    ...(draft.projectKey ? [`project ${draft.projectKey}`] : []),
    ...draft.labels.map((label) => `#${label}`),
    ...(draft.priority ? [`!${draft.priority}`] : []),
    ...(draft.engine ? [`@${draft.engine}`] : []),
    ...(draft.dueAt ? [`due ${describeDue(draft.dueAt, timeZone, offsetWanted)}`] : []),
    ...(draft.focusToday ? ['focus'] : []),
    ...(draft.queue ? ['queue'] : []),
    ...(draft.note === null ? [] : [`note ${draft.note.replaceAll('\n', '⏎')}`]),
    ...draft.criteria.map(({ text, met }) => `${met ? 'met' : 'criterion'} ${text}`),
    ...draft.problems.map(({ reason, token }) => `problem ${reason} ${token}`),
  ]
  return [draft.title, ...fields.sort()]
}

function describeDue(at: Date, timeZone: string, offsetWanted: boolean): string {
  if (isDayOnly(at, timeZone)) return localDate(at, timeZone)
  const zoned = toZoned(at, timeZone)
  const time = zoned.toPlainTime().toString({ smallestUnit: 'minute' })
  return `${localDate(at, timeZone)} ${time}${offsetWanted ? zoned.offset : ''}`
}
