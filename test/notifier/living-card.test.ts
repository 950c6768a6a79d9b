import type { Message } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { answerQuestion } from '../../src/domain/tasks/questions/answer.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { undoChange } from '../../src/domain/undo/undo.ts'
import { remindersJob } from '../../src/jobs/reminders.ts'
import { staleRunsJob } from '../../src/jobs/stale-runs.ts'
import { labelsOf } from '../../src/playground/client/virtual-user.ts'
import { openTopic } from '../../src/playground/world/membership.ts'
import { enqueueCards } from '../../src/telegram/store/messages/living-cards.ts'
import { setProjectTopic } from '../../src/telegram/store/project-topics.ts'
import { type Answers, openAnswers } from '../support/answers.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { addTask } from '../support/tasks.ts'

let notifier: NotifierHarness
let answers: Answers
let task: Task
const open = async (options: Parameters<typeof openNotifier>[0] = {}) => {
  notifier = await openNotifier(options)
  answers = openAnswers(notifier)
  task = await addTask(notifier.board, notifier.project, { status: 'todo' })
}
beforeEach(() => open())
afterEach(async () => {
  expect(notifier.telegram.world.violations).toEqual([])
  await answers.stop()
  await notifier.close()
})

const start = () => editTask(notifier.agent, task.key, { lifecycle: 'start' })
const block = (blockedReason = 'Which one?') =>
  editTask(notifier.agent, task.key, { lifecycle: 'block', result: { blockedReason } })
const complete = (summary = 'Works.') =>
  editTask(notifier.agent, task.key, { lifecycle: 'complete', result: { summary } })
const ofBot = () => notifier.user.messages().filter(({ from }) => from?.is_bot)
const firstLine = (message: Message | undefined) => message?.text?.split('\n')[0]
const withButtons = () => ofBot().filter((message) => labelsOf(message).length > 0)
const jobs = () => ({
  store: notifier.board.db,
  ownerId: notifier.board.ownerId,
  now: notifier.board.clock.now,
  log: notifier.log,
})
const answer = async (text: string) => {
  const { question } = await requireTask(notifier.board.scope, task.key)
  await answerQuestion(notifier.board.ctx, question?.id ?? '', { text })
}

describe('a task that needs the owner', () => {
  test('has its card reposted below and the earlier one deleted', async () => {
    await start()
    await notifier.run(5)
    const [earlier] = ofBot()
    await block()
    await notifier.run(5)

    const [card, ...others] = ofBot()
    expect(others).toEqual([])
    expect(card?.message_id).toBeGreaterThan(earlier?.message_id ?? 0)
    expect(firstLine(card)).toBe(`⛔ ${task.key}: Which one?`)
    expect(card && notifier.user.post(card)?.silent).toBe(false)
  })

  test('has its earlier card cut to one line without buttons if that is older than 48 hours', async () => {
    await start()
    await notifier.run(5)
    notifier.board.clock.advance({ hours: 49 })
    await block()
    await notifier.run(5)

    expect(ofBot().map(({ text }) => text?.split('\n')[0])).toEqual([
      `${task.key} Fix the till – see below`,
      `⛔ ${task.key}: Which one?`,
    ])
    expect(withButtons()).toHaveLength(1)
  })

  test.each([
    [47, 1],
    [49, 2],
  ])('that an agent starts %i hours after its card was posted has %i in the chat', async (hours, count) => {
    await start()
    await notifier.run(5)
    await editTask(notifier.board.ctx, task.key, { runState: null })
    await notifier.run(5)
    const [earlier] = ofBot()
    notifier.board.clock.advance({ hours })
    await start()
    await notifier.run(8)

    expect(ofBot()).toHaveLength(count)
    expect(withButtons()).toHaveLength(1)
    expect(withButtons()[0]?.message_id === earlier?.message_id).toBe(count === 1)
    expect(withButtons().map((card) => notifier.user.post(card)?.silent)).toEqual([true])
  })

  test('makes a sound for each of block, answer and ready', async () => {
    const sounds: (string | undefined)[] = []
    notifier.telegram.world.subscribe((event) => {
      if (event.type === 'message' && event.post.fromBot && !event.post.silent)
        sounds.push(firstLine(event.post.message as Message))
    })
    await start()
    await notifier.run(5)
    await block()
    await notifier.run(5)
    await answer('The left one')
    await notifier.run(5)
    await start()
    await notifier.run(5)
    await complete()
    await notifier.run(5)

    expect(sounds).toEqual([`⛔ ${task.key}: Which one?`, `🏁 ${task.key}: Works.`])
    expect(ofBot()).toHaveLength(1)
  })

  test('makes a sound for a second question even right after an answer', async () => {
    await block('First?')
    await notifier.run()
    await answer('Yes')
    await start()
    await block('Second?')
    await notifier.run(8)

    expect(ofBot().map(firstLine)).toEqual([`⛔ ${task.key}: Second?`])
    expect(notifier.user.post(ofBot()[0] as Message)?.silent).toBe(false)
  })

  test('stays in its topic', async () => {
    await answers.stop()
    await notifier.close()
    await open({ inGroup: true })
    const { chatId } = notifier.user
    const { threadId } = openTopic(notifier.telegram.world, { chatId, name: 'Shop' })
    await setProjectTopic(notifier.board.ctx, notifier.project.projectKey, threadId)
    await start()
    await notifier.run(5)
    await block()
    await notifier.run(10)

    expect(ofBot().map((message) => [message.message_thread_id, firstLine(message)])).toEqual([
      [threadId, `⛔ ${task.key}: Which one?`],
    ])
  })
})

describe('a process that dies', () => {
  test('between posting a card and removing the earlier one leaves one with buttons after the next start', async () => {
    await start()
    await notifier.run(5)
    await block()
    await notifier.step()
    const between = withButtons().length
    await notifier.restart()
    await notifier.run(5)

    expect(between).toBe(2)
    expect(withButtons().map(firstLine)).toEqual([`⛔ ${task.key}: Which one?`])
    expect((await notifier.rows()).filter(({ stale }) => stale)).toEqual([])
  })

  test('while removing the earlier card leaves that to the next process', async () => {
    await start()
    await notifier.run(5)
    notifier.telegram.world.faults.add({ kind: 'lost-after', method: 'deleteMessage' })
    await block()
    await notifier.run(2)
    await notifier.restart()
    await notifier.run(30)
    expect(ofBot().map(firstLine)).toEqual([`⛔ ${task.key}: Which one?`])
  })
})

test('progress that was decided before the owner opened the card only edits that card', async () => {
  const { board, user } = notifier
  const card = { chatId: user.chatId, threadId: null, taskId: task.id, silent: true, since: '' }
  const report = (kind: 'new' | 'changed') => ({ ...card, group: { kind, by: 'laptop' } })
  await enqueueCards(board.db, [report('new')], board.clock.now())
  await notifier.run(5)
  const [shown] = ofBot()
  await start()
  await enqueueCards(board.db, [report('changed')], board.clock.now())

  await notifier.run(5)

  const [only, ...others] = ofBot()
  expect(others).toEqual([])
  expect(only?.message_id).toBe(shown?.message_id)
  expect(only?.text).toContain('is working on it')
})

test('a card shows a change that was made while it was being edited', async () => {
  await start()
  await notifier.run(5)
  const { faults } = notifier.telegram.world
  const rename = (title: string) => editTask(notifier.agent, task.key, { title })
  await rename('Fix the second till')
  await notifier.decide()
  faults.add({ kind: 'delay', ms: 500, method: 'editMessageText' })
  const editing = notifier.run(5)
  await expect.poll(() => faults.left()).toBe(0)

  await rename('Fix the third till')
  await notifier.decide()
  await editing
  await notifier.run(5)

  expect(ofBot().map(firstLine)).toEqual([expect.stringContaining('Fix the third till')])
})

describe('faults during delivery', () => {
  test.each(['lost-before', 'lost-after', '500'] as const)(
    'a removal that met %s is repeated',
    async (kind) => {
      await start()
      await notifier.run(5)
      notifier.telegram.world.faults.add({ kind, method: 'deleteMessage' })
      await block()
      await notifier.run(60)
      expect(withButtons().map(firstLine)).toEqual([`⛔ ${task.key}: Which one?`])
    },
  )

  test('a loud card lost on the way is repeated loudly and marked, and the earlier one removed', async () => {
    await start()
    await notifier.run(5)
    notifier.telegram.world.faults.add({ kind: 'lost-before', method: 'sendMessage' })
    await block()
    await notifier.run(30)

    const [card, ...others] = ofBot()
    expect(others).toEqual([])
    expect(card?.text?.split('\n').slice(0, 2)).toEqual([
      '🔁 possibly a repeat',
      `⛔ ${task.key}: Which one?`,
    ])
    expect(card && notifier.user.post(card)?.silent).toBe(false)
  })

  test('a lost loud card isn’t repeated after the task is answered', async () => {
    await start()
    await notifier.run(5)
    notifier.telegram.world.faults.add({ kind: 'lost-before', method: 'sendMessage' })
    await block()
    await notifier.step()
    await answer('The left one')
    await notifier.run(30)

    expect(ofBot().map(firstLine)).toEqual([`⏳ ${task.key} Fix the till`])
    expect(notifier.user.post(ofBot()[0] as Message)?.silent).toBe(true)
  })

  test('a flood limit between posting and removing is respected', async () => {
    await start()
    await notifier.run(5)
    notifier.telegram.world.faults.add({ kind: '429', method: 'deleteMessage', retryAfter: 7 })
    await block()
    await notifier.run(5)
    const during = withButtons().length
    await notifier.run(10)
    expect([during, withButtons().length]).toEqual([2, 1])
  })

  test('a card that Telegram refuses leaves the earlier one as the living card', async () => {
    await start()
    await notifier.run(5)
    notifier.telegram.world.faults.add({ kind: '400-parse', method: 'sendMessage', times: 3 })
    await block()
    await notifier.run(10)
    expect(ofBot().map(firstLine)).toEqual([`⛔ ${task.key}: Which one?`])
  })
})

describe('the owner’s actions in between', () => {
  test('a card that the owner asked for replaces the earlier one, and nothing follows it', async () => {
    await block()
    await notifier.run(5)
    const [earlier] = ofBot()
    notifier.user.sendText(`/task ${task.key}`)
    await answers.handle()
    await notifier.run(8)

    const [card, ...others] = ofBot()
    expect(others).toEqual([])
    expect(card?.message_id).toBeGreaterThan(earlier?.message_id ?? 0)
    expect(card && notifier.user.post(card)?.silent).toBe(true)
  })

  test('a question waiting for a flood limit isn’t posted below a card that already shows it', async () => {
    notifier.telegram.world.faults.add({ kind: '429', method: 'sendMessage', retryAfter: 5 })
    await block()
    await notifier.run()
    notifier.user.sendText(`/task ${task.key}`)
    await answers.handle()
    await notifier.run(20)
    expect(ofBot().map(firstLine)).toEqual([`⛔ ${task.key}: Which one?`])
  })

  test('a waiting question is posted below a card that was requested before it', async () => {
    await start()
    await notifier.run(5)
    notifier.user.sendText(`/task ${task.key}`)
    await answers.handle()
    await block()
    await notifier.run(8)
    expect(ofBot().map(firstLine)).toEqual([`⛔ ${task.key}: Which one?`])
    expect(notifier.user.post(ofBot()[0] as Message)?.silent).toBe(false)
  })

  test('a card that the owner deleted is posted again with the next change', async () => {
    await start()
    await notifier.run(5)
    notifier.user.delete(notifier.user.lastMessage())
    await editTask(notifier.agent, task.key, { title: 'Fix both tills' })
    await notifier.run(8)
    expect(ofBot().map(firstLine)).toEqual([`⚙️ ${task.key} Fix both tills`])
  })

  test('a deleted task’s card is gone, and Undo leaves one card', async () => {
    await start()
    await notifier.run(5)
    const { auditId } = await deleteTask(notifier.board.ctx, task.key)
    await notifier.run(8)
    const deleted = ofBot().length
    await undoChange(notifier.board.ctx, auditId)
    await block()
    await notifier.run(8)
    expect([deleted, withButtons().length]).toEqual([0, 1])
  })
})

describe('silence and due times', () => {
  test('a silent run reposts the card loudly and offers what to do', async () => {
    await start()
    await notifier.run(5)
    for (let minutes = 0; minutes < 90; minutes += 15) {
      await staleRunsJob.run(jobs())
      await notifier.run(5)
      notifier.board.clock.advance({ minutes: 15 })
    }

    const [card, ...others] = ofBot()
    expect(others).toEqual([])
    expect(firstLine(card)).toBe(`🕰 ${task.key}: laptop hasn’t checked in for 30 min`)
    expect(card && labelsOf(card)[0]).toEqual(['Nudge', 'Stop', 'Keep waiting'])
    expect(card && notifier.user.post(card)?.silent).toBe(false)
  })

  test('a task that waits queued for an hour says that no agent has picked it up', async () => {
    await editTask(notifier.board.ctx, task.key, { runState: 'queued' })
    for (let minutes = 0; minutes < 120; minutes += 30) {
      await staleRunsJob.run(jobs())
      await notifier.run(5)
      notifier.board.clock.advance({ minutes: 30 })
    }
    const [card] = ofBot()
    expect(firstLine(card)).toBe(`🕰 ${task.key}: queued for 1 h – no agent has picked it up`)
    expect(card && labelsOf(card)[0]).toEqual(['Nudge', 'Take back', 'Keep waiting'])
  })

  test('a run with a heartbeat before the report is sent isn’t reported', async () => {
    await start()
    await notifier.run(5)
    notifier.board.clock.advance({ minutes: 31 })
    await staleRunsJob.run(jobs())
    notifier.board.clock.advance({ ms: 100 })
    await start()
    await notifier.run(5)
    expect(ofBot().map(firstLine)).toEqual([`⚙️ ${task.key} Fix the till`])
  })

  test('a due time reposts the card loudly and offers another day', async () => {
    await start()
    await editTask(notifier.board.ctx, task.key, { runState: null, dueAt: new Date('2026-11-24T10:00:00Z') })
    await remindersJob.run(jobs())
    await notifier.run(5)
    notifier.board.clock.set('2026-11-24T10:00:30Z')
    await remindersJob.run(jobs())
    await notifier.run(5)

    const [card, ...others] = ofBot()
    expect(others).toEqual([])
    expect(firstLine(card)).toBe(`⏰ ${task.key}: due now`)
    expect(card && labelsOf(card).at(-1)).toEqual(['Tomorrow'])
    expect(card && notifier.user.post(card)?.silent).toBe(false)
  })

  test('a due time that arrives with a question leaves both on one card', async () => {
    await editTask(notifier.board.ctx, task.key, { dueAt: new Date('2026-11-24T10:00:00Z') })
    await remindersJob.run(jobs())
    notifier.board.clock.set('2026-11-24T10:00:30Z')
    await block()
    await remindersJob.run(jobs())
    await notifier.run(8)
    expect(ofBot().map(({ text }) => text?.split('\n').slice(0, 2))).toEqual([
      [`⏰ ${task.key}: due now`, `⛔ ${task.key}: Which one?`],
    ])
  })
})
