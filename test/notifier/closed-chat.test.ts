import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOwnerSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openTopic, removeTopic, setBotStatus, upgradeGroup } from '../../src/playground/world/membership.ts'
import { setProjectTopic } from '../../src/telegram/store/project-topics.ts'
import { type News, openNews } from '../support/news.ts'
import { addTask } from '../support/tasks.ts'

let news: News
let task: Task
beforeEach(async () => {
  news = await openNews({ inGroup: true })
  task = await addTask(news.board, news.project)
  await news.run(5)
})
afterEach(async () => {
  expect(news.telegram.world.violations).toEqual([])
  await news.close()
})

const block = (blockedReason: string) =>
  editTask(news.agent, task.key, { lifecycle: 'block', result: { blockedReason } })

describe('a group', () => {
  it('that removed the bot gets everything once it is in it again, and nothing is tried meanwhile', async () => {
    const { world } = news.telegram
    const { chatId } = news.user
    setBotStatus(world, { chatId, status: 'kicked' })
    await block('one')
    await news.run(5)
    expect(news.delivery().stopped()?.reason).toContain('bot was kicked')
    const calls = world.calls.length
    await block('two')
    await news.run(30)
    expect(world.calls.length).toBe(calls)

    setBotStatus(world, { chatId, status: 'administrator' })
    news.delivery().resume()
    await news.run(30)

    expect(news.said().map((text) => text.split('\n')[0])).toEqual([`⛔ ${task.key}: two`])
    expect((await news.rows()).map(({ state }) => state)).toEqual(['sent'])
  })

  it('that became a supergroup is followed: what waits goes there, and cards that changed show there', async () => {
    const { world } = news.telegram
    await createTask(news.agent, { projectId: news.project.id, title: 'Card' })
    await news.run(5)
    const card = (await news.rows()).at(-1)?.taskId ?? ''
    const group = upgradeGroup(world, { chatId: news.user.chatId })
    const there = virtualUser(world, { chatId: group.chat.id })
    await block('one')
    await editTask(news.agent, card, { title: 'Card, changed' })

    await news.run(60)

    expect((await readOwnerSettings(news.board.scope)).chatId).toBe(group.chat.id)
    const said = there.messages().flatMap(({ from, text }) => (from?.is_bot ? [text ?? ''] : []))
    expect(said).toHaveLength(2)
    expect(said.filter((text) => text.includes('one'))).toHaveLength(1)
    expect(said.filter((text) => text.includes('Card, changed'))).toHaveLength(1)
    expect((await news.rows()).some(({ state, stale }) => state !== 'sent' || stale)).toBe(false)
  })

  it('takes the cards of a topic that was deleted in the main one', async () => {
    const { world } = news.telegram
    const { chatId } = news.user
    const { threadId } = openTopic(world, { chatId, name: 'Shop' })
    await setProjectTopic(news.board.ctx, news.project.projectKey, threadId)
    removeTopic(world, { chatId, threadId })
    await block('one')

    await news.run(10)

    expect(news.user.lastMessage().text).toContain('one')
    expect(news.user.lastMessage().message_thread_id).toBeUndefined()
    expect((await readOwnerSettings(news.board.scope)).projectTopics).toEqual({})
  })

  it('sees at most twenty messages and edits in any minute', async () => {
    const { world } = news.telegram
    world.limits.enabled = true
    const keys: string[] = []
    for (let count = 0; count < 5; count += 1) {
      keys.push(
        (await createTask(news.agent, { projectId: news.project.id, title: `Hot ${count}` })).task.key,
      )
      await news.run(4)
    }
    for (let round = 0; round < 25; round += 1) {
      for (const key of keys) await editTask(news.agent, key, { title: `Hot in round ${round}` })
      await news.run(3)
    }
    await news.run(60)

    const times = world.calls
      .filter(({ method }) => /^(send|edit)/.test(method))
      .map(({ at }) => at.getTime())
    const inMinute = times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length)
    expect(Math.max(...inMinute)).toBeLessThanOrEqual(20)
    expect(news.said().filter((text) => text.includes('in round 24'))).toHaveLength(5)
    expect(world.calls.filter(({ error }) => error?.code === 429)).toEqual([])
  }, 120_000)
})
