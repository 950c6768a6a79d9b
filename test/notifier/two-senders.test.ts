import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { botMessages } from '../../src/db/schema.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { addTask, onPostgres } from '../support/tasks.ts'
import { isDoneOrWaits } from '../support/waiting.ts'

let notifier: NotifierHarness
beforeEach(async () => {
  notifier = await openNotifier()
})
afterEach(() => notifier.close())

const { signal } = new AbortController()
const firstLines = () => notifier.sentTexts().map((text) => text.split('\n')[0])
const blockOne = async () => {
  const { key } = await addTask(notifier.board, notifier.project)
  await editTask(notifier.agent, key, { lifecycle: 'block', result: { blockedReason: 'Why?' } })
}

test('of two processes that decide on the same events at once, one queues a message', async () => {
  await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Fix the till' })
  const other = notifier.other(notifier.board.db)

  await Promise.all([notifier.decide(), other.decide()])

  expect(await notifier.rows()).toHaveLength(1)
})

test('of two processes that send the same message at once, one sends it', async () => {
  await blockOne()
  await notifier.decide()
  const first = notifier.delivery()
  const second = notifier.other(notifier.board.db)

  await Promise.all([first.step(signal), second.step()])
  await notifier.run()

  expect(firstLines()).toEqual(['⛔ SHOP-1: Why?'])
})

test.skipIf(!onPostgres)(
  'of two processes that wait for the same message’s row, one sends it (skipped on the embedded database: one connection)',
  async () => {
    await blockOne()
    await notifier.decide()
    const first = notifier.delivery()
    const second = notifier.other(notifier.board.db)
    let sending: Promise<unknown> = Promise.resolve()

    await notifier.board.db.transaction(async (tx) => {
      await tx.select().from(botMessages).where(eq(botMessages.state, 'pending')).for('update')
      sending = Promise.all([first.step(signal), second.step()])
      await isDoneOrWaits(tx, sending, 2)
    })
    await sending
    await notifier.run()

    expect(firstLines()).toEqual(['⛔ SHOP-1: Why?'])
  },
)

test.skipIf(!onPostgres)(
  'a report that another process is adding to a list isn’t sent separately (skipped on the embedded database: one connection)',
  async () => {
    for (let count = 1; count <= 5; count += 1) await blockOne()
    await notifier.decide()
    await blockOne()
    const first = notifier.delivery()
    let sending: Promise<unknown> = Promise.resolve()

    // The sixth report makes the second process list them all, while the first has seen five and sends the oldest.
    await notifier.board.db.transaction(async (tx) => {
      await notifier.other(tx).step()
      sending = first.step(signal)
      await isDoneOrWaits(tx, sending)
    })
    await sending
    await notifier.run()

    expect(firstLines()).toEqual(['🙋 6 tasks from laptop need you'])
  },
)
