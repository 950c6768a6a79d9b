import { expect, test } from 'vitest'
import { listAudit } from '../../../src/domain/reports/audit.ts'
import { readCard } from '../../../src/domain/tasks/card.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { toasts } from '../../../src/view/kit/answers.ts'
import { connectAgent } from '../../support/agent.ts'
import { addTasks, answersOf, dataOf, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()

/** Lets an agent create tasks and delete them. Returns the message about the last one. */
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

test('one tap restores a task that an agent deleted as it was', async () => {
  const { agent, made, keys, message } = await deleted(1)

  bot().user.tap('Restore', message)

  await bot().user.nextPost('Task 1')
  const { body } = await agent.call('GET', `/tasks/${keys[0]}`)
  const { updated_at: _, ...before } = made[0]
  expect(body.task).toMatchObject(before)
})

test('Restore all restores everything that the agent deleted, once', async () => {
  const { keys, message } = await deleted(3)

  bot().user.tap('Restore all 3', message)
  await bot().user.nextPost('changes to 3 tasks')

  for (const key of keys) expect(await findTask(bot().scope, key)).not.toBeNull()
})

test('Restore all restores key, note, labels, order, comments, logs and questions', async () => {
  const agent = await connectAgent(bot(), { rights: 'full' })
  const made = await addTasks(bot(), [
    { title: 'One', description: 'A note.', labels: ['ui', 'api'] },
    { title: 'Two', description: 'Another.', labels: ['ui'] },
    { title: 'Three' },
  ])
  const keys = made.map(({ key }) => key)
  await agent.act(keys[0] ?? '', 'block', { blocked_reason: 'Left or right?' })
  await agent.call('POST', `/tasks/${keys[0]}/comments`, { text: 'Look at main.rs.' })
  await agent.act(keys[1] ?? '', 'plan', undefined, { planMarkdown: 'First this.' })
  const read = () =>
    Promise.all(
      keys.map(async (key) => {
        const { updatedAt: _, ...card } = await readCard(bot().scope, await requireTask(bot().scope, key))
        const { entries } = (await agent.call('GET', `/tasks/${key}/log`)).body
        return { card, entries, comments: (await agent.call('GET', `/tasks/${key}/comments`)).body }
      }),
    )
  const before = await read()
  bot().user.mark()
  for (const key of keys) await agent.call('DELETE', `/tasks/${key}`)
  const message = await bot().user.nextMessage('Three\nlaptop deleted it.', { within: 20_000 })
  expect(bot().user.post(message)?.silent).toBe(false)

  bot().user.tap('Restore all 3', message)
  await bot().user.nextPost('changes to 3 tasks')

  expect(await read()).toEqual(before)
})

test('the sixth deletion asks one loud question, and once allowed, the next attempt works', async () => {
  const agent = await connectAgent(bot(), { name: 'beta', rights: 'full' })
  const made = await addTasks(
    bot(),
    Array.from({ length: 7 }, (_, nth) => ({ title: `Task ${nth}` })),
  )
  const remove = async (nth: number) => (await agent.call('DELETE', `/tasks/${made[nth]?.key}`)).status
  const statuses = []
  for (let nth = 0; nth < 7; nth += 1) statuses.push(await remove(nth))
  const message = await bot().user.nextMessage('beta wants to delete more', { within: 20_000 })
  expect(statuses).toEqual([200, 200, 200, 200, 200, 409, 409])
  expect(bot().user.post(message)?.silent).toBe(false)
  expect(labelsOn(message)).toEqual(['Allow for an hour', 'Revoke token'])

  bot().user.tap('Allow for an hour', message)
  await bot().user.nextPost('beta may delete as many tasks as it wants until')

  expect(await remove(5)).toBe(200)
  const { entries } = await listAudit(bot().scope, { targetId: agent.tokenId, limit: 10 })
  expect(entries.map(({ action, by }) => [action, by])).toEqual([
    ['token.allow-deletions', 'owner'],
    ['token.deletion-limit', 'agent:beta'],
    ['token.create', 'owner'],
  ])
  const asked = bot().world.calls.filter(({ params }) => String(params.text).includes('wants to delete more'))
  expect(asked).toHaveLength(1)
})

test('the token can be revoked from the question about its deletions', async () => {
  const agent = await connectAgent(bot(), { name: 'beta', rights: 'full' })
  const made = await addTasks(
    bot(),
    Array.from({ length: 6 }, (_, nth) => ({ title: `Task ${nth}` })),
  )
  for (const { key } of made) await agent.call('DELETE', `/tasks/${key}`)
  const message = await bot().user.nextMessage('beta wants to delete more', { within: 20_000 })

  bot().user.tap('Revoke token', message)
  bot().user.tap('Revoke', await bot().user.nextPost("Revoke beta's token?"))
  await bot().user.nextPost('Revoked')

  expect((await agent.call('GET', '/me')).status).toBe(401)
})

test('a second tap on Restore says that nothing changes', async () => {
  const { keys, message } = await deleted(2)
  const data = dataOf(message, '♻️ Restore')
  bot().user.tap('Restore all 2', message)
  await bot().user.nextPost('changes to 2 tasks')

  bot().user.tapData(data, message)
  await bot().handled()

  expect(answersOf(bot()).at(-1)).toBe(toasts.unchanged)
  expect(await findTask(bot().scope, keys[1] ?? '')).not.toBeNull()
})
