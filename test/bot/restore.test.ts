import { expect, test } from 'vitest'
import { findTask } from '../../src/domain/tasks/read.ts'
import { toasts } from '../../src/view/answers.ts'
import { connectAgent } from '../support/agent.ts'
import { answersOf, dataOf, useBot } from '../support/chat.ts'

const bot = useBot()

/** Tasks that an agent files and deletes again; the message about the last one. */
async function deleted(count: number) {
  const agent = await connectAgent(bot())
  const made = []
  for (let number = 1; number <= count; number += 1) {
    const fields = { title: `Task ${number}`, projectKey: 'WEB', labels: ['ui'], description: 'A note.' }
    made.push((await agent.call('POST', '/tasks', fields)).body.task)
  }
  const keys: string[] = made.map(({ id }) => id)
  bot().user.mark()
  for (const key of keys) await agent.call('DELETE', `/tasks/${key}`)
  const message = await bot().user.nextMessage(`Task ${count}\nlaptop deleted it.`, { within: 20_000 })
  return { agent, made, keys, message }
}

test('a task that an agent deleted comes back with one tap, as it was', async () => {
  const { agent, made, keys, message } = await deleted(1)

  bot().user.tap('Restore', message)

  await bot().user.nextPost('Task 1')
  const { body } = await agent.call('GET', `/tasks/${keys[0]}`)
  const { updated_at: _, ...before } = made[0]
  expect(body.task).toMatchObject(before)
})

test('Restore all brings back everything that the agent deleted, once', async () => {
  const { keys, message } = await deleted(3)

  bot().user.tap('Restore all 3', message)
  await bot().user.nextPost('changes to 3 tasks')

  for (const key of keys) expect(await findTask(bot().scope, key)).not.toBeNull()
})

test('a Restore that was pressed before says that nothing changes', async () => {
  const { keys, message } = await deleted(2)
  const data = dataOf(message, '♻️ Restore')
  bot().user.tap('Restore all 2', message)
  await bot().user.nextPost('changes to 2 tasks')

  bot().user.tapData(data, message)
  await bot().handled()

  expect(answersOf(bot()).at(-1)).toBe(toasts.unchanged)
  expect(await findTask(bot().scope, keys[1] ?? '')).not.toBeNull()
})
