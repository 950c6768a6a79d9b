import { expect, test } from 'vitest'
import type { TaskDetail } from '../../src/domain/tasks/task.ts'
import { toPlainText } from '../../src/view/kit/html.ts'
import { buttonLabel, needLine, taskLine } from '../../src/view/tasks/line.ts'

const viewer = { now: new Date('2026-11-24T08:00:00Z'), timeZone: 'Europe/Berlin' }
const task = (title: string) =>
  ({
    id: '1',
    key: 'SHOP-1234',
    title,
    status: 'todo',
    priority: 'highest',
    dueAt: new Date('2026-12-24T10:00:00Z'),
    focusedAt: viewer.now,
    runState: null,
    question: null,
    snoozedUntil: null,
    latestResult: null,
  }) as unknown as TaskDetail

/** Counts wide characters twice. */
const width = (text: string) =>
  [...text].reduce(
    (sum, point) => sum + (/[\p{Extended_Pictographic}\p{Script=Hangul}]/u.test(point) ? 2 : 1),
    0,
  )

test.each([
  ['Cart drops coupon codes when the session expires on a slow network'],
  ['상품 검색이 모바일에서 너무 느립니다 그리고 자주 실패합니다'],
  ['🎉'.repeat(60)],
  ['x'.repeat(180)],
  ['short'],
])('%s fits one line on a phone and half a row of buttons', (title) => {
  const line = toPlainText(taskLine(task(title), viewer, { before: '12. ' }))

  expect(line.split('\n')).toHaveLength(1)
  expect(width(line)).toBeLessThanOrEqual(42)
  expect(width(buttonLabel(task(title)))).toBeLessThanOrEqual(18)
  expect(buttonLabel(task(title))).toMatch(/^SHOP-1234 \S/)
})

test('a title that fits is not cut', () => {
  const { dueAt: _, ...rest } = task('Fix the login of guests')

  expect(toPlainText(taskLine({ ...rest, dueAt: null, priority: 'none', focusedAt: null }, viewer))).toBe(
    '📋 SHOP-1234 Fix the login of guests',
  )
})

test('a question is shown by its first line', () => {
  const question = {
    id: '1',
    kind: 'block' as const,
    items: [{ id: '1', text: '**Which** endpoint?\nThere are two.', options: [], multi: false }],
    detail: null,
    name: null,
    engine: null,
    runner: null,
    askedAt: viewer.now,
    expiresAt: null,
    tool: null,
    draft: null,
    returnsTo: 'todo' as const,
  }

  expect(toPlainText(needLine({ ...task('Charge'), question }))).toBe('⛔ SHOP-1234: Which endpoint?')
})
