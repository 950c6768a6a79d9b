import { describe, expect, it } from 'vitest'
import type { Digest } from '../../src/domain/digest.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { digestCard } from '../../src/view/digest.ts'
import { homeCard } from '../../src/view/home.ts'
import { plainText } from '../../src/view/html.ts'
import { readTelegramMessage } from '../support/telegram-html.ts'

const now = new Date('2026-11-24T08:00:00Z')
const reader = { now, timeZone: 'Europe/Berlin' }
const nothing: Digest = {
  date: '2026-11-24',
  focus: [],
  proposals: [],
  overdue: [],
  dueToday: [],
  waiting: [],
  moreWaiting: 0,
  running: [],
  queued: [],
  done: { count: 0, tasks: [] },
}
const task = (number: number, more: Partial<Task> = {}) =>
  ({
    id: `id-${number}`,
    key: `APP-${number}`,
    title: `Task ${number}`,
    status: 'todo',
    priority: 'none',
    dueAt: null,
    runState: null,
    ...more,
  }) as Task
const text = (digest: Digest) => plainText(digestCard(digest, reader).card.text)

describe('the digest', () => {
  it('gives a task one number, wherever it stands', () => {
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
        '1. 📋 APP-1 Task 1',
        '2. 📋 APP-2 Task 2',
        '',
        '🤖 Agents at work',
        '1. ⚙️ APP-1 Task 1 — laptop, 30 min',
      ].join('\n'),
    )
    expect(digestCard(digest, reader).topic).toEqual({ kind: 'digest', taskIds: ['id-1', 'id-2'] })
  })

  it('says why it proposes', () => {
    const proposals = [{ task: task(3, { priority: 'high' }), reason: 'priority' as const }]
    expect(text({ ...nothing, proposals })).toContain('💡 How about\n1. 📋 APP-3 🟠 Task 3 — high priority')
  })

  it('says what was done even where nothing is left to do', () => {
    const done = { count: 12, tasks: [task(1), task(2)] }
    expect(text({ ...nothing, done })).toBe(
      '☀️ Tue 24 Nov — nothing due, nothing waits.\n✅ 12 tasks done since yesterday: APP-1, APP-2 and 10 more',
    )
  })

  it('fits one message, however much there is', () => {
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
      waiting: many(400),
      moreWaiting: 900,
      running: many(500).map(run),
      queued: many(600).map(run),
      done: { count: 400, tasks: many(700).slice(0, 10) },
    }
    const { card, topic } = digestCard(digest, reader)
    expect(() => readTelegramMessage(card.text.html)).not.toThrow()
    expect(card.keyboard?.inline_keyboard.flat()).toHaveLength(
      topic.kind === 'digest' ? topic.taskIds.length : 0,
    )
  })
})

describe('home', () => {
  it('lists what waits for the owner, also where it is due today or in focus', () => {
    const digest = {
      ...nothing,
      focus: [task(1, { status: 'ready' }), task(2)],
      dueToday: [task(3, { status: 'ready' })],
      waiting: [task(4, { status: 'hold' })],
    }
    const counts = { inbox: 0, todo: 1, hold: 1, ready: 2, done: 0, archived: 0 }

    expect(plainText(homeCard({ counts, digest, now }).text)).toContain(
      'Needs you\n👀 APP-1 Task 1\n👀 APP-3 Task 3\n⏸ APP-4 Task 4\n\n',
    )
  })
})
