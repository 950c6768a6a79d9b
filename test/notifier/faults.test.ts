import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { morningJob } from '../../src/jobs/morning.ts'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { createTelegramApi } from '../../src/telegram/client.ts'
import { beginSending, enqueue } from '../../src/telegram/store/messages/enqueue.ts'
import { openAnswers } from '../support/answers.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { createRandom } from '../support/random.ts'
import { addTask } from '../support/tasks.ts'

const repeat = '🔁 possibly a repeat'

let notifier: NotifierHarness
let task: Task
beforeEach(async () => {
  notifier = await openNotifier()
  task = await addTask(notifier.board, notifier.project)
  await notifier.run(5)
})
afterEach(() => notifier.close())

const block = (reason = 'stuck') =>
  editTask(notifier.agent, task.key, { lifecycle: 'block', result: { blockedReason: reason } })
const states = async () => (await notifier.rows()).map(({ state }) => state)

describe('a new message', () => {
  test('whose connection was refused is sent unmarked once Telegram is back', async () => {
    const end = notifier.telegram.world.faults.add({ kind: 'refuse-connection' })
    await block()
    await notifier.run(20)
    expect(notifier.sentTexts()).toEqual([])
    expect(await states()).toEqual(['pending'])
    end()
    await notifier.run(60)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).not.toContain(repeat)
  })

  test('that was lost on the way there is repeated and marked', async () => {
    notifier.telegram.world.faults.add({ kind: 'lost-before', method: 'sendMessage' })
    await block()
    await notifier.run(30)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).toContain(`${repeat}\n⛔ ${task.key}: stuck`)
  })

  test('whose answer was lost is repeated once and marked', async () => {
    notifier.telegram.world.faults.add({ kind: 'lost-after', method: 'sendMessage' })
    await block()
    await notifier.run(60)
    expect(notifier.sentTexts().map((text) => text.includes(repeat))).toEqual([false, true])
    expect(await states()).toEqual(['sent'])
  })

  test('that got a server error is sent again unmarked', async () => {
    notifier.telegram.world.faults.add({ kind: '500', method: 'sendMessage', times: 2 })
    await block()
    await notifier.run(60)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).not.toContain(repeat)
  })

  test('whose HTML can’t be parsed is sent as plain text with its buttons', async () => {
    notifier.telegram.world.faults.add({ kind: '400-parse', method: 'sendMessage' })
    await block('**which** one')
    await notifier.run(5)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).toContain('which one')
    expect(notifier.user.lastMessage().entities ?? []).toEqual([])
    expect(notifier.user.lastMessage().reply_markup).toBeDefined()
  })

  test('that got server errors for long and was then lost isn’t given up', async () => {
    const { faults } = notifier.telegram.world
    faults.add({ kind: '500', method: 'sendMessage', times: 25 })
    faults.add({ kind: 'lost-before', method: 'sendMessage', times: 6 })
    await block()
    for (let tries = 0; tries < 40; tries += 1) {
      await notifier.run(1)
      notifier.board.clock.advance({ minutes: 5 })
    }
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(await states()).toEqual(['sent'])
  })

  test('that was postponed is sent at once if the clock was set back in the meantime', async () => {
    notifier.telegram.world.faults.add({ kind: '500', method: 'sendMessage', times: 3 })
    await block()
    await notifier.run(5)
    notifier.board.clock.set('2026-11-23T09:00:00.000Z')
    await notifier.run(5)
    expect(notifier.sentTexts()).toHaveLength(1)
  })

  test('that two processes see during a takeover is sent by one of them', async () => {
    await block()
    await notifier.decide()
    const taken = notifier.delivery()
    await notifier.restart()
    const { signal } = new AbortController()
    await Promise.all([taken.step(signal), notifier.delivery().step(signal)])
    await notifier.run(30)
    expect(notifier.sentTexts()).toHaveLength(1)
  })

  test('of a killed process is repeated and marked, because it may have arrived', async () => {
    const request = { method: 'sendMessage', parameters: { text: 'An answer' } } as const
    await beginSending(
      notifier.board.db,
      { chatId: notifier.user.chatId, purpose: 'answer', request, priority: 'urgent' },
      notifier.board.clock.now(),
    )
    await notifier.run(5)
    expect(notifier.sentTexts()).toEqual([])
    await notifier.restart()
    await notifier.run(5)
    expect(notifier.sentTexts()).toEqual([`${repeat}\nAn answer`])
  })

  test('for a deleted topic goes to the chat itself', async () => {
    const request = { method: 'sendMessage', parameters: { text: 'Hello' } } as const
    await enqueue(
      notifier.board.db,
      [{ chatId: notifier.user.chatId, threadId: 77, purpose: 'notice', request, priority: 'progress' }],
      notifier.board.clock.now(),
    )
    await notifier.run(5)
    expect(notifier.sentTexts()).toEqual(['Hello'])
  })

  test('that Telegram refuses in every form is given up and blocks nothing', async () => {
    const request = { method: 'sendMessage', parameters: { text: '' } } as const
    await enqueue(
      notifier.board.db,
      [{ chatId: notifier.user.chatId, purpose: 'notice', request, priority: 'urgent' }],
      notifier.board.clock.now(),
    )
    await block()
    await notifier.run(10)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect((await states()).sort()).toEqual(['failed', 'sent'])
    expect(notifier.lines.some((line) => line.includes('given up'))).toBe(true)
  })
})

test('waits for no card that keeps changing, and one that needs the owner waits for nothing', async () => {
  const keys: string[] = []
  for (let count = 0; count < 3; count += 1) {
    keys.push((await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Hot' })).task.key)
    await notifier.run(4)
  }
  const began = notifier.board.clock.now().getTime()
  await createTask(notifier.agent, { projectId: notifier.project.id, title: 'New' })
  const shown = new Map<string, number>()
  for (let round = 0; round < 100; round += 1) {
    for (const key of keys) await editTask(notifier.agent, key, { title: `Hot in round ${round}` })
    if (round === 20) await block('urgent')
    await notifier.run(1)
    for (const word of ['New', 'urgent']) {
      const isShown = notifier.sentTexts().some((text) => text.includes(word))
      if (isShown && !shown.has(word)) shown.set(word, (notifier.board.clock.now().getTime() - began) / 1_000)
    }
  }
  expect(shown.get('urgent')).toBeLessThanOrEqual(23)
  expect(shown.get('New')).toBeLessThanOrEqual(65)
}, 120_000)

describe('an edit', () => {
  const kinds = ['lost-before', 'lost-after', '500', '400-parse'] as const
  test.each(kinds)('that met %s is repeated until the card shows the final state', async (kind) => {
    await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Card' })
    await notifier.run(5)
    const key = (await notifier.rows()).at(-1)?.taskId ?? ''
    notifier.telegram.world.faults.add({ kind, method: 'editMessageText' })
    await editTask(notifier.agent, key, { title: 'Card, changed' })
    await notifier.run(60)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).toContain('Card, changed')
    expect((await notifier.rows()).some(({ stale }) => stale)).toBe(false)
  })
})

test('an answer to the owner that meets a long flood limit is sent after it, and nothing is tried in the meantime', async () => {
  const answers = openAnswers(notifier)
  notifier.telegram.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 100 })
  notifier.user.sendText('Buy tea')
  await answers.handle()
  for (let seconds = 0; seconds < 90; seconds += 30) {
    await notifier.run(1)
    notifier.board.clock.advance({ ms: 29_000 })
  }
  expect(notifier.sentTexts()).toEqual([])
  notifier.board.clock.advance({ ms: 10_000 })
  await notifier.run(5)
  await answers.stop()

  expect(notifier.sentTexts()).toHaveLength(1)
  expect(notifier.sentTexts()[0]).toContain('Buy tea')
  expect(notifier.sentTexts()[0]).not.toContain(repeat)
  expect(notifier.telegram.world.violations).toEqual([])
})

describe('a flood limit', () => {
  const held = async (retryAfter: number) => {
    notifier.telegram.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter })
    await block()
    await notifier.run()
  }

  test.each([
    ['the notifier', () => held(7)],
    [
      'an answer',
      async () => {
        const answers = openAnswers(notifier)
        notifier.telegram.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 100 })
        notifier.user.sendText('Buy tea')
        await answers.handle()
        await answers.stop()
      },
    ],
  ])('that %s met is respected to its end by every later process', async (_who, meet) => {
    await meet()
    const { world } = notifier.telegram
    const calls = world.calls.length
    for (let restarts = 0; restarts < 3; restarts += 1) {
      await notifier.restart()
      await notifier.run(2)
    }
    expect(world.calls.length).toBe(calls)
    expect(notifier.delivery().pauseMs()).toBeGreaterThan(0)
    await notifier.run(120)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.delivery().pauseMs()).toBe(0)
    expect(world.violations).toEqual([])
  })

  test('lasts no longer than requested if the clock is set back before the next process', async () => {
    await held(7)
    notifier.board.clock.set('2026-11-23T09:00:00.000Z')
    await notifier.restart()
    await notifier.step()
    expect(notifier.delivery().pauseMs()).toBe(7_000)
  })

  test('that has ended delays no later process', async () => {
    await held(7)
    await notifier.run(10)
    await notifier.restart()
    expect(notifier.delivery().pauseMs()).toBe(0)
  })

  test('of another chat delays nothing in this one', async () => {
    const { world } = notifier.telegram
    const { chat } = addSupergroup(world, { title: 'Runners', members: [notifier.user.userId] })
    const elsewhere = createTelegramApi(notifier.client())
    world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 60 })
    await expect(elsewhere.sendMessage(chat.id, 'Go')).rejects.toThrow('retry after 60')
    await expect(elsewhere.sendMessage(chat.id, 'Go')).rejects.toThrow('retry after 60')
    await notifier.restart()
    await block()
    await notifier.run()
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.delivery().pauseMs()).toBe(0)
    await expect(elsewhere.sendMessage(chat.id, 'Go')).rejects.toThrow('retry after 60')
    notifier.board.clock.advance({ ms: 60_000 })
    await elsewhere.sendMessage(chat.id, 'Go')
    expect(world.violations).toEqual([])
  })

  test('met by a file pauses its chat like any other', async () => {
    const { world } = notifier.telegram
    world.faults.add({ kind: '429', method: 'sendDocument', retryAfter: 7 })
    await block('Many words. '.repeat(600))
    await notifier.run(5)
    expect(notifier.delivery().pauseMs()).toBe(2_000)
    await notifier.run(5)
    expect(notifier.sentTexts().map((text) => text.split('\n')[0]?.slice(0, 20))).toEqual([
      `📎 ${task.key} Fix the till`.slice(0, 20),
      `⛔ ${task.key}: Many words.`.slice(0, 20),
    ])
    expect(world.violations).toEqual([])
  })
})

describe('an owner who blocked the bot', () => {
  test('gets everything after unblocking it, and nothing is tried in the meantime', async () => {
    notifier.user.block()
    await block('one')
    await notifier.run(5)
    expect(notifier.delivery().stopped()?.reason).toContain('bot was blocked')
    const calls = notifier.telegram.world.calls.length
    await block('two')
    await notifier.run(300)
    expect(notifier.telegram.world.calls.length).toBe(calls)
    notifier.user.unblock()
    notifier.delivery().resume()
    await notifier.run(30)
    expect(notifier.sentTexts().join('\n')).toContain('two')
    expect(notifier.sentTexts().join('\n')).not.toContain(repeat)
    expect(notifier.delivery().stopped()).toBeNull()
  })

  test('gets the summary of quiet hours that ended in the meantime after unblocking it', async () => {
    const { board, log } = notifier
    await changeSettings(board.ctx, { quietHours: '22:00-07:00' })
    board.clock.set('2026-11-24T23:00:00Z')
    notifier.user.block()
    await block('one')
    const jobs = { store: board.db, ownerId: board.ownerId, now: board.clock.now, log }
    for (let minutes = 0; minutes < 10 * 60; minutes += 30) {
      await morningJob.run(jobs)
      await notifier.run(5)
      board.clock.advance({ minutes: 30 })
    }
    expect(notifier.sentTexts()).toEqual([])
    notifier.user.unblock()
    notifier.delivery().resume()
    await notifier.run(30)
    expect(notifier.sentTexts().map((text) => text.split('\n')[0])).toEqual([
      `⛔ ${task.key}: one`,
      '🌅 While you were away: 1 task needs you',
    ])
    expect(await states()).toEqual(['sent', 'sent'])
  })

  test('gets no report of a task that was deleted in the meantime, and its card is gone', async () => {
    const made = await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Card to be' })
    await notifier.run(10)
    const shown = await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Card that is' })
    await notifier.run(10)
    notifier.user.block()
    await block('one')
    await editTask(notifier.agent, shown.task.key, { title: 'Changed' })
    const unseen = await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Never shown' })
    await notifier.run(10)
    for (const { key } of [task, made.task, shown.task, unseen.task])
      await deleteTask(notifier.board.ctx, key)
    await notifier.run(10)
    notifier.user.unblock()
    notifier.delivery().resume()
    const calls = notifier.telegram.world.calls.length
    await notifier.run(60)

    expect(notifier.sentTexts()).toEqual([])
    expect((await notifier.rows()).filter(({ state, stale }) => !/sent|failed/.test(state) || stale)).toEqual(
      [],
    )
    expect(notifier.telegram.world.calls.length - calls).toBe(2)
  })

  test('is noticed by a slow probe', async () => {
    notifier.user.block()
    await block()
    await notifier.run(5)
    notifier.user.unblock()
    await notifier.run(11 * 60)
    expect(notifier.sentTexts()).toHaveLength(1)
  })
})

describe('an unlinked bot', () => {
  test('reports nothing from the past, and everything that needs the owner since linking', async () => {
    const fresh = await openNotifier({ bound: false })
    try {
      const early = await addTask(fresh.board, fresh.project)
      await editTask(fresh.agent, early.key, { lifecycle: 'block', result: { blockedReason: 'before' } })
      await fresh.run(5)
      const { bindChat } = await import('../../src/telegram/store/chat-binding.ts')
      await bindChat(fresh.board.ctx, { chatId: fresh.user.chatId, userId: fresh.user.userId })
      const late = await addTask(fresh.board, fresh.project)
      await editTask(fresh.agent, late.key, { lifecycle: 'block', result: { blockedReason: 'after' } })
      await fresh.run(5)
      expect(fresh.sentTexts()).toHaveLength(1)
      expect(fresh.sentTexts()[0]).toContain('after')
    } finally {
      await fresh.close()
    }
  })
})

test('shows four hundred changes within the chat’s limits and ends with the final states', async () => {
  const { world } = notifier.telegram
  world.limits.enabled = true
  const created = await Promise.all(
    Array.from({ length: 4 }, (_, count) =>
      createTask(notifier.agent, { projectId: notifier.project.id, title: `Hot ${count}` }),
    ),
  )
  await notifier.run(10)
  for (let round = 0; round < 100; round += 1) {
    for (const { task } of created) await editTask(notifier.agent, task.key, { title: `Hot ${round}` })
    await notifier.run(0.2)
  }
  await notifier.run(30)
  expect(notifier.sentTexts().filter((text) => text.includes('Hot 99'))).toHaveLength(4)
  expect(world.violations).toEqual([])
  expect(world.calls.filter(({ error }) => error?.code === 429)).toEqual([])
}, 60_000)

describe('random faults', () => {
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
  test.each([11, 12, 13])('lose nothing and repeat nothing without a mark (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const texts = Array.from({ length: 60 }, (_, index) => `message ${index}.`)
    const messages = texts.map((text, index) => ({
      chatId: notifier.user.chatId,
      purpose: 'notice' as const,
      priority: 'progress' as const,
      request: requests[index % 2]?.(text) ?? null,
    }))
    await enqueue(notifier.board.db, messages, notifier.board.clock.now())
    const { faults } = notifier.telegram.world
    const isLeft = async () => (await states()).some((state) => state !== 'sent')
    for (let steps = 0; steps < 3_000 && (await isLeft()); steps += 1) {
      faults.clear()
      const kind = kinds[Math.floor(random() * kinds.length)] ?? '500'
      if (random() < 0.4) faults.add({ kind, method: /^send/ })
      const waitMs = await notifier.delivery().step(new AbortController().signal)
      notifier.board.clock.advance({ ms: waitMs })
    }
    const sentTexts = notifier.sentTexts()
    expect(texts.filter((text) => !sentTexts.some((message) => message.endsWith(text)))).toEqual([])
    expect(texts.filter((text) => sentTexts.filter((message) => message === text).length > 1)).toEqual([])
  })
})
