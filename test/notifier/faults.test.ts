import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { morningJob } from '../../src/jobs/morning.ts'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { createApi } from '../../src/telegram/client.ts'
import { beginMessage, queueMessages } from '../../src/telegram/store/messages.ts'
import { openAnswers } from '../support/answers.ts'
import { type News, openNews } from '../support/news.ts'
import { createRandom } from '../support/random.ts'
import { addTask } from '../support/tasks.ts'

const repeat = '🔁 possibly a repeat'

let news: News
let task: Task
beforeEach(async () => {
  news = await openNews()
  task = await addTask(news.board, news.project)
  await news.run(5)
})
afterEach(() => news.close())

const block = (reason = 'stuck') =>
  editTask(news.agent, task.key, { lifecycle: 'block', result: { blockedReason: reason } })
const states = async () => (await news.rows()).map(({ state }) => state)

describe('a new message', () => {
  it('that was refused the connection is sent once Telegram is there again, with no mark', async () => {
    const end = news.telegram.world.faults.add({ kind: 'refuse-connection' })
    await block()
    await news.run(20)
    expect(news.said()).toEqual([])
    expect(await states()).toEqual(['pending'])
    end()
    await news.run(60)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).not.toContain(repeat)
  })

  it('that was lost on the way there is repeated and marked', async () => {
    news.telegram.world.faults.add({ kind: 'lost-before', method: 'sendMessage' })
    await block()
    await news.run(30)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain(`${repeat}\n⛔ ${task.key}: stuck`)
  })

  it('whose answer was lost is repeated once and marked', async () => {
    news.telegram.world.faults.add({ kind: 'lost-after', method: 'sendMessage' })
    await block()
    await news.run(60)
    expect(news.said().map((text) => text.includes(repeat))).toEqual([false, true])
    expect(await states()).toEqual(['sent'])
  })

  it('that met an error of the server is sent again, with no mark', async () => {
    news.telegram.world.faults.add({ kind: '500', method: 'sendMessage', times: 2 })
    await block()
    await news.run(60)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).not.toContain(repeat)
  })

  it('whose HTML cannot be parsed arrives as plain text with its buttons', async () => {
    news.telegram.world.faults.add({ kind: '400-parse', method: 'sendMessage' })
    await block('**which** one')
    await news.run(5)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain('which one')
    expect(news.user.lastMessage().entities ?? []).toEqual([])
    expect(news.user.lastMessage().reply_markup).toBeDefined()
  })

  it('that met the server’s errors for long and then got lost is not given up', async () => {
    const { faults } = news.telegram.world
    faults.add({ kind: '500', method: 'sendMessage', times: 25 })
    faults.add({ kind: 'lost-before', method: 'sendMessage', times: 6 })
    await block()
    for (let tries = 0; tries < 40; tries += 1) {
      await news.run(1)
      news.board.clock.advance({ minutes: 5 })
    }
    expect(news.said()).toHaveLength(1)
    expect(await states()).toEqual(['sent'])
  })

  it('that was put off goes at once where the clock was set back meanwhile', async () => {
    news.telegram.world.faults.add({ kind: '500', method: 'sendMessage', times: 3 })
    await block()
    await news.run(5)
    news.board.clock.set('2026-11-23T09:00:00.000Z')
    await news.run(5)
    expect(news.said()).toHaveLength(1)
  })

  it('that two processes look at while one takes over is sent by one of them', async () => {
    await block()
    await news.decide()
    const taken = news.delivery()
    await news.restart()
    const { signal } = new AbortController()
    await Promise.all([taken.step(signal), news.delivery().step(signal)])
    await news.run(30)
    expect(news.said()).toHaveLength(1)
  })

  it('of a killed process is repeated and marked, for it may have arrived', async () => {
    const request = { method: 'sendMessage', parameters: { text: 'An answer' } } as const
    await beginMessage(
      news.board.db,
      { chatId: news.user.chatId, purpose: 'answer', request, rank: 0 },
      news.board.clock.now(),
    )
    await news.run(5)
    expect(news.said()).toEqual([])
    await news.restart()
    await news.run(5)
    expect(news.said()).toEqual([`${repeat}\nAn answer`])
  })

  it('in a topic that is gone goes to the chat itself', async () => {
    const request = { method: 'sendMessage', parameters: { text: 'Hello' } } as const
    await queueMessages(
      news.board.db,
      [{ chatId: news.user.chatId, threadId: 77, purpose: 'notice', request }],
      news.board.clock.now(),
    )
    await news.run(5)
    expect(news.said()).toEqual(['Hello'])
  })

  it('that Telegram does not take in any form is given up and holds up nothing', async () => {
    const request = { method: 'sendMessage', parameters: { text: '' } } as const
    await queueMessages(
      news.board.db,
      [{ chatId: news.user.chatId, purpose: 'notice', request, rank: 0 }],
      news.board.clock.now(),
    )
    await block()
    await news.run(10)
    expect(news.said()).toHaveLength(1)
    expect((await states()).sort()).toEqual(['failed', 'sent'])
    expect(news.lines.some((line) => line.includes('given up'))).toBe(true)
  })
})

it('waits for no card that changes all the time, and one that needs the owner for nothing', async () => {
  const keys: string[] = []
  for (let count = 0; count < 3; count += 1) {
    keys.push((await createTask(news.agent, { projectId: news.project.id, title: 'Hot' })).task.key)
    await news.run(4)
  }
  const began = news.board.clock.now().getTime()
  await createTask(news.agent, { projectId: news.project.id, title: 'New' })
  const shown = new Map<string, number>()
  for (let round = 0; round < 100; round += 1) {
    for (const key of keys) await editTask(news.agent, key, { title: `Hot in round ${round}` })
    if (round === 20) await block('urgent')
    await news.run(1)
    for (const word of ['New', 'urgent']) {
      const isShown = news.said().some((text) => text.includes(word))
      if (isShown && !shown.has(word)) shown.set(word, (news.board.clock.now().getTime() - began) / 1_000)
    }
  }
  expect(shown.get('urgent')).toBeLessThanOrEqual(23)
  expect(shown.get('New')).toBeLessThanOrEqual(65)
}, 120_000)

describe('an edit', () => {
  const kinds = ['lost-before', 'lost-after', '500', '400-parse'] as const
  it.each(kinds)('that met %s is made again until the card shows the last state', async (kind) => {
    await createTask(news.agent, { projectId: news.project.id, title: 'Card' })
    await news.run(5)
    const key = (await news.rows()).at(-1)?.taskId ?? ''
    news.telegram.world.faults.add({ kind, method: 'editMessageText' })
    await editTask(news.agent, key, { title: 'Card, changed' })
    await news.run(60)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain('Card, changed')
    expect((await news.rows()).some(({ stale }) => stale)).toBe(false)
  })
})

it('an answer to the owner that a long flood limit meets comes when that is over, and nothing is tried meanwhile', async () => {
  const answers = openAnswers(news)
  news.telegram.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 100 })
  news.user.say('Buy tea')
  await answers.handle()
  for (let seconds = 0; seconds < 90; seconds += 30) {
    await news.run(1)
    news.board.clock.advance({ ms: 29_000 })
  }
  expect(news.said()).toEqual([])
  news.board.clock.advance({ ms: 10_000 })
  await news.run(5)
  await answers.stop()

  expect(news.said()).toHaveLength(1)
  expect(news.said()[0]).toContain('Buy tea')
  expect(news.said()[0]).not.toContain(repeat)
  expect(news.telegram.world.violations).toEqual([])
})

describe('a flood limit', () => {
  const held = async (retryAfter: number) => {
    news.telegram.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter })
    await block()
    await news.run()
  }

  it.each([
    ['the notifier', () => held(7)],
    [
      'an answer',
      async () => {
        const answers = openAnswers(news)
        news.telegram.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 100 })
        news.user.say('Buy tea')
        await answers.handle()
        await answers.stop()
      },
    ],
  ])('that %s met is kept to by every process after it, to the end', async (_who, meet) => {
    await meet()
    const { world } = news.telegram
    const calls = world.calls.length
    for (let restarts = 0; restarts < 3; restarts += 1) {
      await news.restart()
      await news.run(2)
    }
    expect(world.calls.length).toBe(calls)
    expect(news.delivery().heldMs()).toBeGreaterThan(0)
    await news.run(120)
    expect(news.said()).toHaveLength(1)
    expect(news.delivery().heldMs()).toBe(0)
    expect(world.violations).toEqual([])
  })

  it('lasts no longer than was asked where the clock is set back before the next process', async () => {
    await held(7)
    news.board.clock.set('2026-11-23T09:00:00.000Z')
    await news.restart()
    await news.step()
    expect(news.delivery().heldMs()).toBe(7_000)
  })

  it('that is over holds up no process after it', async () => {
    await held(7)
    await news.run(10)
    await news.restart()
    expect(news.delivery().heldMs()).toBe(0)
  })

  it('of another chat holds up nothing in this one', async () => {
    const { world } = news.telegram
    const { chat } = addSupergroup(world, { title: 'Runners', members: [news.user.userId] })
    const elsewhere = createApi(news.client())
    world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 60 })
    await expect(elsewhere.sendMessage(chat.id, 'Go')).rejects.toThrow('retry after 60')
    await expect(elsewhere.sendMessage(chat.id, 'Go')).rejects.toThrow('retry after 60')
    await news.restart()
    await block()
    await news.run()
    expect(news.said()).toHaveLength(1)
    expect(news.delivery().heldMs()).toBe(0)
    await expect(elsewhere.sendMessage(chat.id, 'Go')).rejects.toThrow('retry after 60')
    news.board.clock.advance({ ms: 60_000 })
    await elsewhere.sendMessage(chat.id, 'Go')
    expect(world.violations).toEqual([])
  })

  it('that a file met holds its chat like any other', async () => {
    const { world } = news.telegram
    world.faults.add({ kind: '429', method: 'sendDocument', retryAfter: 7 })
    await block('Many words. '.repeat(600))
    await news.run(5)
    expect(news.delivery().heldMs()).toBe(2_000)
    await news.run(5)
    expect(news.said().map((text) => text.split('\n')[0]?.slice(0, 20))).toEqual([
      `📎 ${task.key} Fix the till`.slice(0, 20),
      `⛔ ${task.key}: Many words.`.slice(0, 20),
    ])
    expect(world.violations).toEqual([])
  })
})

describe('an owner who blocked the bot', () => {
  it('gets everything once he is back, and nothing is tried meanwhile', async () => {
    news.user.block()
    await block('one')
    await news.run(5)
    expect(news.delivery().stopped()?.reason).toContain('bot was blocked')
    const calls = news.telegram.world.calls.length
    await block('two')
    await news.run(300)
    expect(news.telegram.world.calls.length).toBe(calls)
    news.user.unblock()
    news.delivery().resume()
    await news.run(30)
    expect(news.said().join('\n')).toContain('two')
    expect(news.said().join('\n')).not.toContain(repeat)
    expect(news.delivery().stopped()).toBeNull()
  })

  it('gets the summary of his quiet hours, which ended meanwhile, once he is back', async () => {
    const { board, log } = news
    await changeSettings(board.ctx, { quietHours: '22:00-07:00' })
    board.clock.set('2026-11-24T23:00:00Z')
    news.user.block()
    await block('one')
    const jobs = { store: board.db, ownerId: board.ownerId, now: board.clock.now, log }
    for (let minutes = 0; minutes < 10 * 60; minutes += 30) {
      await morningJob.run(jobs)
      await news.run(5)
      board.clock.advance({ minutes: 30 })
    }
    expect(news.said()).toEqual([])
    news.user.unblock()
    news.delivery().resume()
    await news.run(30)
    expect(news.said().map((text) => text.split('\n')[0])).toEqual([
      `⛔ ${task.key}: one`,
      '🌅 While you were away: 1 task needs you',
    ])
    expect(await states()).toEqual(['sent', 'sent'])
  })

  it('gets no report of a task that was deleted in the meantime, and its card is gone', async () => {
    const made = await createTask(news.agent, { projectId: news.project.id, title: 'Card to be' })
    await news.run(10)
    const shown = await createTask(news.agent, { projectId: news.project.id, title: 'Card that is' })
    await news.run(10)
    news.user.block()
    await block('one')
    await editTask(news.agent, shown.task.key, { title: 'Changed' })
    const unseen = await createTask(news.agent, { projectId: news.project.id, title: 'Never shown' })
    await news.run(10)
    for (const { key } of [task, made.task, shown.task, unseen.task]) await deleteTask(news.board.ctx, key)
    await news.run(10)
    news.user.unblock()
    news.delivery().resume()
    const calls = news.telegram.world.calls.length
    await news.run(60)

    expect(news.said()).toEqual([])
    expect((await news.rows()).filter(({ state, stale }) => !/sent|failed/.test(state) || stale)).toEqual([])
    expect(news.telegram.world.calls.length - calls).toBe(2)
  })

  it('is found again by a slow probe', async () => {
    news.user.block()
    await block()
    await news.run(5)
    news.user.unblock()
    await news.run(11 * 60)
    expect(news.said()).toHaveLength(1)
  })
})

describe('nobody bound', () => {
  it('says nothing of the past, and all that needs the owner since he was bound', async () => {
    const fresh = await openNews({ bound: false })
    try {
      const early = await addTask(fresh.board, fresh.project)
      await editTask(fresh.agent, early.key, { lifecycle: 'block', result: { blockedReason: 'before' } })
      await fresh.run(5)
      const { bindChat } = await import('../../src/telegram/store/chat-binding.ts')
      await bindChat(fresh.board.ctx, { chatId: fresh.user.chatId, userId: fresh.user.userId })
      const late = await addTask(fresh.board, fresh.project)
      await editTask(fresh.agent, late.key, { lifecycle: 'block', result: { blockedReason: 'after' } })
      await fresh.run(5)
      expect(fresh.said()).toHaveLength(1)
      expect(fresh.said()[0]).toContain('after')
    } finally {
      await fresh.close()
    }
  })
})

it('shows four hundred changes within the limits of the chat, and the last states right', async () => {
  const { world } = news.telegram
  world.limits.enabled = true
  const created = await Promise.all(
    Array.from({ length: 4 }, (_, count) =>
      createTask(news.agent, { projectId: news.project.id, title: `Hot ${count}` }),
    ),
  )
  await news.run(10)
  for (let round = 0; round < 100; round += 1) {
    for (const { task } of created) await editTask(news.agent, task.key, { title: `Hot ${round}` })
    await news.run(0.2)
  }
  await news.run(30)
  expect(news.said().filter((text) => text.includes('Hot 99'))).toHaveLength(4)
  expect(world.violations).toEqual([])
  expect(world.calls.filter(({ error }) => error?.code === 429)).toEqual([])
}, 60_000)

describe('faults at random', () => {
  const kinds = ['lost-before', 'lost-after', '500', '400-parse'] as const
  const requests = [
    (text: string) => ({ method: 'sendMessage', parameters: { text, parse_mode: 'HTML' } }) as const,
    (text: string) =>
      ({
        method: 'sendDocument',
        parameters: { caption: text, parse_mode: 'HTML' },
        file: { name: 'a.md', content: text },
      }) as const,
  ]
  it.each([11, 12, 13])('lose nothing and repeat nothing without a mark (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const texts = Array.from({ length: 60 }, (_, index) => `message ${index}.`)
    const messages = texts.map((text, index) => ({
      chatId: news.user.chatId,
      purpose: 'notice' as const,
      request: requests[index % 2]?.(text) ?? null,
    }))
    await queueMessages(news.board.db, messages, news.board.clock.now())
    const { faults } = news.telegram.world
    const isLeft = async () => (await states()).some((state) => state !== 'sent')
    for (let steps = 0; steps < 3_000 && (await isLeft()); steps += 1) {
      faults.clear()
      const kind = kinds[Math.floor(random() * kinds.length)] ?? '500'
      if (random() < 0.4) faults.add({ kind, method: /^send/ })
      const waitMs = await news.delivery().step(new AbortController().signal)
      news.board.clock.advance({ ms: waitMs })
    }
    const said = news.said()
    expect(texts.filter((text) => !said.some((message) => message.endsWith(text)))).toEqual([])
    expect(texts.filter((text) => said.filter((message) => message === text).length > 1)).toEqual([])
  })
})
