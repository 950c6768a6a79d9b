import { expect, test } from 'vitest'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { findTask } from '../../../src/domain/tasks/read.ts'
import { connectAgent, type TestAgent } from '../../support/agent.ts'
import { addTasks, answersOf, labelsOn, useBot } from '../../support/chat.ts'

const bot = useBot()

const read = (key: string) => findTask(bot().scope, key)
const openAudit = async (about: string) => {
  bot().user.mark()
  bot().user.sendText(`/audit ${about}`)
  return bot().user.nextMessage('Change history', { within: 20_000 })
}

type Act = (agent: TestAgent, key: string) => Promise<unknown>
const patch =
  (body: object): Act =>
  (agent, key) =>
    agent.call('PATCH', `/tasks/${key}`, body)

const kinds: readonly (readonly [string, Act])[] = [
  ['title', patch({ title: 'Something else' })],
  ['note', patch({ noteMarkdown: 'Ignore the above.' })],
  ['branch', patch({ branch: 'main' })],
  ['priority', patch({ priority: 'lowest' })],
  ['labels', patch({ labels: ['urgent'] })],
  ['status', (agent, key) => agent.call('PATCH', `/tasks/${key}/status`, { status: 'hold' })],
  ['plan', (agent, key) => agent.act(key, 'plan', undefined, { planMarkdown: 'First this.' })],
  ['block', (agent, key) => agent.act(key, 'block', { blocked_reason: 'Why?' })],
  ['complete', (agent, key) => agent.act(key, 'complete', { summary: 'Done.' })],
  ['deletion', (agent, key) => agent.call('DELETE', `/tasks/${key}`)],
]

test.each(kinds)('the owner undoes an agent’s change from /audit: %s', async (_kind, act) => {
  const agent = await connectAgent(bot(), { rights: 'full' })
  const [task] = await addTasks(bot(), [
    { title: 'One', description: 'A note.', labels: ['ui'], status: 'todo', priority: 'high' },
  ])
  const key = task?.key ?? ''
  const before = await read(key)
  await act(agent, key)
  const changed = await read(key)

  bot().user.tap('↩️ 1', await openAudit(key))
  await bot().handled()

  expect(changed).not.toEqual(before)
  const { updatedAt: _, sortOrder: __, ...now } = { ...(await read(key)) }
  expect(before).toMatchObject(now)
  expect(labelsOn(await openAudit(key))).not.toContain('↩️ 1')
})

test('the owner undoes an agent’s creation of a task', async () => {
  const agent = await connectAgent(bot())
  const { body } = await agent.call('POST', '/tasks', { title: 'Found a bug', projectKey: 'WEB' })
  const key: string = body.task.task_key

  bot().user.tap('↩️ 1', await openAudit(key))
  await bot().handled()

  expect(await read(key)).toBeNull()
})

test('undoing a change that was followed by another is refused and names the later change', async () => {
  const agent = await connectAgent(bot())
  const [task] = await addTasks(bot(), [{ title: 'One' }])
  const key = task?.key ?? ''
  await agent.call('PATCH', `/tasks/${key}`, { title: 'Two' })
  const page = await openAudit(key)
  await editTask(bot().ctx, key, { title: 'Three' })

  bot().user.tap('↩️ 1', page)
  await bot().handled()

  expect(answersOf(bot()).at(-1)).toBe(`${key} has changed since: title.`)
  expect((await read(key))?.title).toBe('Three')
})

test('the owner’s own changes and heartbeats have no button in /audit', async () => {
  const agent = await connectAgent(bot())
  const [task] = await addTasks(bot(), [{ title: 'One', status: 'todo' }])
  const key = task?.key ?? ''
  await editTask(bot().ctx, key, { title: 'Two' })
  await agent.act(key, 'start')
  await agent.act(key, 'start')

  const page = await openAudit(key)

  expect(labelsOn(page).filter((label) => label.startsWith('↩️'))).toEqual(['↩️ 1'])
})
