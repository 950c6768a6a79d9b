import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readOwnerSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openTopic, removeTopic, setBotStatus, upgradeGroup } from '../../src/playground/world/membership.ts'
import { setProjectTopic } from '../../src/telegram/store/project-topics.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { addTask } from '../support/tasks.ts'

let notifier: NotifierHarness
let task: Task
beforeEach(async () => {
  notifier = await openNotifier({ inGroup: true })
  task = await addTask(notifier.board, notifier.project)
  await notifier.run(5)
})
afterEach(async () => {
  expect(notifier.telegram.world.violations).toEqual([])
  await notifier.close()
})

const block = (blockedReason: string) =>
  editTask(notifier.agent, task.key, { lifecycle: 'block', result: { blockedReason } })

describe('a group', () => {
  test('that removed the bot gets everything after the bot is back, and nothing is tried in the meantime', async () => {
    const { world } = notifier.telegram
    const { chatId } = notifier.user
    setBotStatus(world, { chatId, status: 'kicked' })
    await block('one')
    await notifier.run(5)
    expect(notifier.delivery().stopped()?.reason).toContain('bot was kicked')
    const calls = world.calls.length
    await block('two')
    await notifier.run(30)
    expect(world.calls.length).toBe(calls)

    setBotStatus(world, { chatId, status: 'administrator' })
    notifier.delivery().resume()
    await notifier.run(30)

    expect(notifier.sentTexts().map((text) => text.split('\n')[0])).toEqual([`⛔ ${task.key}: two`])
    expect((await notifier.rows()).map(({ state }) => state)).toEqual(['sent'])
  })

  test('that became a supergroup is followed by waiting messages and changed cards', async () => {
    const { world } = notifier.telegram
    await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Card' })
    await notifier.run(5)
    const card = (await notifier.rows()).at(-1)?.taskId ?? ''
    const group = upgradeGroup(world, { chatId: notifier.user.chatId })
    const there = virtualUser(world, { chatId: group.chat.id })
    await block('one')
    await editTask(notifier.agent, card, { title: 'Card, changed' })

    await notifier.run(60)

    expect((await readOwnerSettings(notifier.board.scope)).chatId).toBe(group.chat.id)
    const sentTexts = there.messages().flatMap(({ from, text }) => (from?.is_bot ? [text ?? ''] : []))
    expect(sentTexts).toHaveLength(2)
    expect(sentTexts.filter((text) => text.includes('one'))).toHaveLength(1)
    expect(sentTexts.filter((text) => text.includes('Card, changed'))).toHaveLength(1)
    expect((await notifier.rows()).some(({ state, stale }) => state !== 'sent' || stale)).toBe(false)
  })

  test('whose topic was deleted gets its cards in the main topic', async () => {
    const { world } = notifier.telegram
    const { chatId } = notifier.user
    const { threadId } = openTopic(world, { chatId, name: 'Shop' })
    await setProjectTopic(notifier.board.ctx, notifier.project.projectKey, threadId)
    removeTopic(world, { chatId, threadId })
    await block('one')

    await notifier.run(10)

    expect(notifier.user.lastMessage().text).toContain('one')
    expect(notifier.user.lastMessage().message_thread_id).toBeUndefined()
    expect((await readOwnerSettings(notifier.board.scope)).projectTopics).toEqual({})
  })

  test('gets at most twenty messages and edits in any minute', async () => {
    const { world } = notifier.telegram
    world.limits.enabled = true
    const keys: string[] = []
    for (let count = 0; count < 5; count += 1) {
      keys.push(
        (await createTask(notifier.agent, { projectId: notifier.project.id, title: `Hot ${count}` })).task
          .key,
      )
      await notifier.run(4)
    }
    for (let round = 0; round < 25; round += 1) {
      for (const key of keys) await editTask(notifier.agent, key, { title: `Hot in round ${round}` })
      await notifier.run(3)
    }
    await notifier.run(60)

    const times = world.calls
      .filter(({ method }) => /^(send|edit)/.test(method))
      .map(({ at }) => at.getTime())
    const inMinute = times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length)
    expect(Math.max(...inMinute)).toBeLessThanOrEqual(20)
    expect(notifier.sentTexts().filter((text) => text.includes('in round 24'))).toHaveLength(5)
    expect(world.calls.filter(({ error }) => error?.code === 429)).toEqual([])
  }, 120_000)
})
