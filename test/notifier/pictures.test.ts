import { afterEach, beforeEach, expect, test } from 'vitest'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { digestJob } from '../../src/jobs/digest.ts'
import { renderPng } from '../../src/pictures/render-png.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { addTask } from '../support/tasks.ts'

const mondayMorning = '2026-11-30T09:00:00Z'

let notifier: NotifierHarness
let render: typeof renderPng
beforeEach(async () => {
  render = renderPng
  notifier = await openNotifier({ renderPng: (svg) => render(svg) })
})
afterEach(async () => {
  expect(notifier.telegram.world.violations).toEqual([])
  await notifier.close()
})

const finishOne = async () => {
  const task = await addTask(notifier.board, notifier.project)
  await editTask(notifier.board.ctx, task.key, { status: 'done' })
}
const runMonday = async () => {
  const { db: store, ownerId, clock } = notifier.board
  clock.set('2026-11-30T08:00:00Z')
  await digestJob.run({ store, ownerId, now: clock.now, log: notifier.log })
  clock.set(mondayMorning)
  await digestJob.run({ store, ownerId, now: clock.now, log: notifier.log })
}

test('the weekly review is stored as data and sent as a picture', async () => {
  await finishOne()
  await runMonday()

  const stored = JSON.stringify((await notifier.rows()).map(({ request }) => request))
  await notifier.run(5)

  expect(stored.length).toBeLessThan(4_000)
  const review = notifier.user.lastMessage()
  expect(review.photo?.at(-1)).toMatchObject({ width: 1080, height: 1350 })
  expect(review.caption).toContain('Your week · 23 – 29 Nov 2026\n✅ 1 task done')
})

test('a review whose picture can’t be drawn is sent as text', async () => {
  render = () => Promise.reject(new Error('no room for a thread'))
  await finishOne()
  await runMonday()

  await notifier.run(5)

  const review = notifier.user.lastMessage()
  expect(review.photo).toBeUndefined()
  expect(review.text).toContain('✅ 1 task done')
  expect(notifier.lines.some((line) => line.includes('no room for a thread'))).toBe(true)
})

test('a review whose picture Telegram refuses is sent as text', async () => {
  render = async () => Buffer.from('no picture')
  await finishOne()
  await runMonday()

  await notifier.run(5)

  expect(notifier.user.lastMessage().text).toContain('✅ 1 task done')
})

test('a week without finished tasks has no picture', async () => {
  await runMonday()

  await notifier.run(5)

  expect(notifier.user.lastMessage().text).toBe('🗓 Your week · 23 – 29 Nov 2026\nNo tasks finished.')
})
