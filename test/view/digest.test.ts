import { describe, expect, test } from 'vitest'
import type { Digest } from '../../src/domain/reports/digest.ts'
import type { Task, TaskDetail } from '../../src/domain/tasks/task.ts'
import { toPlainText } from '../../src/view/kit/html.ts'
import { digestCard } from '../../src/view/reports/digest.ts'
import { homeCard } from '../../src/view/system/home.ts'
import { readTelegramMessage } from '../support/telegram-html.ts'

const now = new Date('2026-11-24T08:00:00Z')
const viewer = { now, timeZone: 'Europe/Berlin' }
const nothing: Digest = {
  date: '2026-11-24',
  needsYou: { tasks: [], count: 0, newCount: 0 },
  focus: [],
  proposals: [],
  overdue: [],
  dueToday: [],
  running: [],
  queued: [],
  done: { count: 0, tasks: [] },
}
const task = (number: number, more: Partial<TaskDetail> = {}) =>
  ({
    id: `id-${number}`,
    key: `APP-${number}`,
    title: `Task ${number}`,
    status: 'todo',
    priority: 'none',
    dueAt: null,
    runState: null,
    question: null,
    snoozedUntil: null,
    focusedAt: null,
    latestResult: null,
    ...more,
  }) as TaskDetail
const asks = (text: string, labels: readonly string[] = [], kind: 'block' | 'plan' = 'block') => ({
  id: '018f6c8e-7b1c-7d2e-8f3a-4b5c6d7e8f90',
  kind,
  items: [
    {
      id: '1',
      text,
      multi: false,
      options: labels.map((label, index) => ({ id: String(index + 1), label })),
    },
  ],
  detail: null,
  name: null,
  engine: null,
  runner: null,
  askedAt: now,
  expiresAt: null,
  tool: null,
  draft: null,
  returnsTo: 'todo' as const,
})
const text = (digest: Digest) => toPlainText(digestCard(digest, viewer).card.text)

describe('the digest', () => {
  test('gives a task the same number in every section', () => {
    const busy = task(1, { runState: 'running' })
    const digest = {
      ...nothing,
      focus: [busy, task(2)],
      running: [{ task: busy, since: new Date('2026-11-24T07:30:00Z'), runner: 'laptop' }],
    }
    expect(text(digest)).toBe(
      [
        '☀️ Tue 24 Nov',
        '',
        '⭐ Focus',
        '1. ⚙️ APP-1 Task 1',
        '2. 📋 APP-2 Task 2',
        '',
        '🤖 Agents at work',
        '1. ⚙️ APP-1 Task 1 · laptop, 30\u00a0min',
      ].join('\n'),
    )
    expect(digestCard(digest, viewer).topic).toEqual({ kind: 'digest', taskIds: ['id-1', 'id-2'] })
  })

  test('says why it suggests a task', () => {
    const proposals = [{ task: task(3, { priority: 'high' }), reason: 'priority' as const }]
    expect(text({ ...nothing, proposals })).toContain('💡 Suggestions\n1. 📋 APP-3 Task 3 🟠 · high priority')
  })

  test('shows what was done even if nothing is left to do', () => {
    const done = { count: 12, tasks: [task(1), task(2)] }
    expect(text({ ...nothing, done })).toBe(
      '☀️ Tue 24 Nov – all clear.\n✅ 12 tasks done since yesterday: APP-1, APP-2 and 10 more',
    )
  })

  test('fits one message even with the most content', () => {
    const many = (from: number) =>
      Array.from({ length: 50 }, (_, index) =>
        task(from + index, {
          title: `<b>${'long & '.repeat(30)}`,
          priority: 'highest',
          dueAt: new Date('2025-01-01T10:00:00Z'),
        }),
      )
    const run = (each: Task) => ({ task: each, since: now, runner: 'a'.repeat(60) })
    const digest = {
      ...nothing,
      focus: many(100),
      overdue: many(200),
      dueToday: many(300),
      needsYou: {
        tasks: many(400)
          .slice(0, 8)
          .map((each) => ({ ...each, question: asks('why & how '.repeat(50)) })),
        count: 900,
        newCount: 900,
      },
      running: many(500).map(run),
      queued: many(600).map(run),
      done: { count: 400, tasks: many(700).slice(0, 10) },
    }
    const { card, topic } = digestCard(digest, viewer)
    expect(() => readTelegramMessage(card.text.html)).not.toThrow()
    expect(card.keyboard?.inline_keyboard.flat()).toHaveLength(
      1 + (topic.kind === 'digest' ? topic.taskIds.length : 0),
    )
  })
})

test('the digest starts with what needs the owner: questions, outcomes, and the count of new tasks', () => {
  const tasks = [
    task(1, { status: 'hold', question: asks('Clamp to 0?\nOr carry over.') }),
    task(2, { status: 'ready', dueAt: new Date('2026-11-20T10:00:00Z') }),
  ]
  const digest = { ...nothing, needsYou: { tasks, count: 3, newCount: 5 } }

  const { card } = digestCard(digest, viewer)

  expect(toPlainText(card.text)).toBe(
    [
      '☀️ Tue 24 Nov',
      '',
      '🙋 Needs you',
      '1. ⛔ APP-1: Clamp to 0?',
      '2. 🏁 APP-2: Task 2 · overdue',
      '… and 1 more',
      '📥 5 new to triage',
    ].join('\n'),
  )
  expect(card.keyboard?.inline_keyboard.flat().map(({ text: label }) => label)).toEqual([
    '1',
    '2',
    '📥 Triage 5 new',
  ])
})

describe('home', () => {
  const counts = { inbox: 5, todo: 1, hold: 1, ready: 2, done: 0, archived: 0 }
  const home = (digest: Partial<Digest>) => {
    const card = homeCard({ counts, digest: { ...nothing, ...digest }, questions: [], ...viewer })
    const rows = card.keyboard?.inline_keyboard.map((row) => row.map(({ text: label }) => label)) ?? []
    return { text: toPlainText(card.text), rows }
  }
  const result = { title: '', summary: '412 tests passed\nDetails', detail: null } as unknown

  test('lists each question and outcome by its first line, with a button per task', () => {
    const tasks = [
      task(1, { status: 'hold', question: asks('Which endpoint?\nThe old one is slow.') }),
      task(2, { status: 'ready', latestResult: result as TaskDetail['latestResult'] }),
      task(3, { status: 'todo', question: asks('', [], 'plan') }),
    ]

    const { text, rows } = home({ needsYou: { tasks, count: 3, newCount: 5 } })

    expect(text).toContain(
      'Needs you\n⛔ APP-1: Which endpoint?\n🏁 APP-2: 412 tests passed\n🗺 APP-3: An agent has a plan\n📥 5 new to triage\n\n',
    )
    expect(rows.slice(0, 3)).toEqual([
      ['⛔ APP-1 Task 1', '🏁 APP-2 Task 2'],
      ['🗺 APP-3 Task 3'],
      ['📥 Triage 5 new'],
    ])
  })

  test.each([
    [['Clamp to 0', 'Carry over'], true],
    [['One', 'Two', 'Three'], true],
    [['One', 'Two', 'Three', 'Four'], false],
    [['A label of seventeen'.slice(0, 16)], true],
    [['A label of seventeen'.slice(0, 17)], false],
  ])('offers the answers %j of the first question: %s', (labels, isOffered) => {
    const tasks = [task(1, { status: 'hold', question: asks('Which?', labels) })]

    const { rows } = home({ needsYou: { tasks, count: 1, newCount: 0 } })

    expect(rows.some((row) => row.join() === labels.join())).toBe(isOffered)
  })

  test('never offers Go for a plan that it does not show', () => {
    const tasks = [task(1, { question: asks('Go ahead?', ['Go', 'Hold'], 'plan') })]

    expect(home({ needsYou: { tasks, count: 1, newCount: 0 } }).rows.flat()).not.toContain('Go')
  })

  test('shows who is working on what for how long, and what is queued', () => {
    const since = new Date('2026-11-24T07:56:00Z')
    const running = [{ task: task(1, { runState: 'running' }), since, runner: 'Claude Code' }]
    const queued = [{ task: task(2, { runState: 'queued' }), since, runner: null }]

    const { text } = home({ running, queued })

    expect(text).toContain(
      'Working\n⚙️ APP-1 Task 1\n\u2003Claude Code, 4\u00a0min\n\nQueued\n⏳ APP-2 Task 2 · 4\u00a0min',
    )
    expect(text).not.toContain('Needs you')
  })
})
