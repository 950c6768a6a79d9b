import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { answerQuestion } from '../../src/domain/tasks/questions/answer.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import { createWorkLog } from '../../src/domain/tasks/work-logs.ts'
import { remindersJob } from '../../src/jobs/reminders.ts'
import { labelsOf } from '../../src/playground/client/virtual-user.ts'
import { otherAgent } from '../support/board.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { addTask } from '../support/tasks.ts'

let notifier: NotifierHarness
beforeAll(async () => {
  notifier = await openNotifier()
})
afterAll(async () => {
  expect(notifier.telegram.world.violations).toEqual([])
  await notifier.close()
})
beforeEach(async () => {
  notifier.board.clock.advance({ minutes: 10 })
  await notifier.run(10)
  notifier.telegram.world.rooms.get(notifier.user.chatId)?.posts.clear()
})

const isSilent = (text: string) => {
  const message = notifier.user
    .messages()
    .find((message) => (message.text ?? message.caption ?? '').includes(text))
  return message === undefined ? null : notifier.user.post(message)?.silent
}
const firstLines = () => notifier.sentTexts().map((text) => text.split('\n')[0])
const block = (key: string, blockedReason: string, options: readonly string[] = []) =>
  editTask(notifier.agent, key, { lifecycle: 'block', result: { blockedReason, options: [...options] } })

describe('what needs the owner', () => {
  test('a block posts the card loudly, with the question in its first line and the options as buttons', async () => {
    const task = await addTask(notifier.board, notifier.project)
    await block(task.key, 'Which **currency**?', ['Euro', 'Dollar'])
    await notifier.run()

    const message = notifier.user.lastMessage()
    expect(message.text?.split('\n').slice(0, 2)).toEqual([`⛔ ${task.key}: Which currency?`, 'Fix the till'])
    expect(labelsOf(message)).toEqual([['Euro', 'Dollar'], ['Answer'], ['Edit', 'More']])
    expect(notifier.user.post(message)?.silent).toBe(false)
    expect(notifier.sentTexts()).toHaveLength(1)
  })

  test('a completion posts the card once, however many events it wrote, with the outcome in its first line', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'todo' })
    await editTask(notifier.agent, task.key, {
      lifecycle: 'complete',
      branch: 'task/other',
      result: {
        summary: 'The till adds up.',
        tests: '12 passed',
        checks: 'lint',
        prUrl: 'https://github.com/ada/shop/pull/7',
      },
    })
    await notifier.run()

    expect(notifier.sentTexts()).toHaveLength(1)
    const [first, ...rest] = notifier.sentTexts()[0]?.split('\n') ?? []
    expect(first).toBe(`🏁 ${task.key}: The till adds up.`)
    expect(rest).toEqual(
      expect.arrayContaining(['Fix the till', 'Tests: 12 passed', 'Checks: lint', 'Pull request #7']),
    )
    expect(labelsOf(notifier.user.lastMessage())[0]).toEqual(['Accept', 'Send back', 'Pull request'])
  })

  test('a completion shows every word of notes that look like part names', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'todo' })
    const notes = 'First.\n**Tests:** by hand.\n\n**Checks:** none of mine.\n\n**Notes:** the last word.'
    await editTask(notifier.agent, task.key, {
      lifecycle: 'complete',
      result: { summary: 'Done.', tests: '12 passed', notes, checks: 'lint' },
    })
    await notifier.run()

    const text = notifier.sentTexts()[0] ?? ''
    expect(text.slice(text.indexOf('Tests: 12'))).toBe(
      [
        'Tests: 12 passed',
        'Checks: lint',
        'Notes: First.',
        'Tests: by hand.',
        '',
        'Checks: none of mine.',
        '',
        'Notes: the last word.',
        'Project SHOP',
      ].join('\n'),
    )
  })

  test('a plan posts the card loudly with the ways to proceed', async () => {
    const task = await addTask(notifier.board, notifier.project)
    await editTask(notifier.agent, task.key, {
      lifecycle: 'plan',
      plan: '1. Measure\n2. Cut',
      engine: 'codex',
    })
    await notifier.run()

    expect(firstLines()).toEqual([`🗺 ${task.key}: laptop has a plan`])
    expect(labelsOf(notifier.user.lastMessage())[0]).toEqual(['Go', 'Change…', 'Hold'])
    expect(isSilent('has a plan')).toBe(false)
  })

  test('additions by the agent while its question is open are silent', async () => {
    const task = await addTask(notifier.board, notifier.project)
    await block(task.key, 'Which one?')
    await notifier.run()
    notifier.board.clock.advance({ ms: 100 })
    await createWorkLog(notifier.agent, { title: 'Waiting', task: task.key })
    await editTask(notifier.agent, task.key, { title: 'Fix both tills' })
    await notifier.run(8)

    expect(firstLines()).toEqual([`⛔ ${task.key}: Which one?`])
    expect(notifier.sentTexts()[0]).toContain('Fix both tills')
    expect((await notifier.rows()).filter(({ taskId }) => taskId === task.id)).toHaveLength(1)
  })

  test('a block without a reason is reported as such', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'hold' })
    await editTask(notifier.agent, task.key, { lifecycle: 'start' })
    await editTask(notifier.agent, task.key, { lifecycle: 'block' })
    await notifier.run()
    expect(firstLines()).toEqual([`⛔ ${task.key}: No reason given.`])
  })

  test('anything the owner has dealt with before its report is silent', async () => {
    const ready = await addTask(notifier.board, notifier.project, { status: 'todo', title: 'Ready' })
    await editTask(notifier.agent, ready.key, { lifecycle: 'complete' })
    await editTask(notifier.board.ctx, ready.key, { status: 'done' })
    const asked = await addTask(notifier.board, notifier.project, { title: 'Asked' })
    await block(asked.key, 'Which one?')
    await notifier.decide()
    const { question } = await requireTask(notifier.board.scope, asked.key)
    await answerQuestion(notifier.board.ctx, question?.id ?? '', { text: 'The left one' })
    await notifier.run(5)

    expect(isSilent('Ready')).toBeNull()
    expect(isSilent('Asked')).toBe(true)
    expect(firstLines()).toEqual([`⏳ ${asked.key} Asked`])
  })

  test('a block followed by a completion before it is sent makes one sound and shows the completion', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'todo' })
    await block(task.key, 'Which one?')
    await notifier.decide()
    await editTask(notifier.agent, task.key, { lifecycle: 'start' })
    await editTask(notifier.agent, task.key, { lifecycle: 'complete', result: { summary: 'Both.' } })
    await notifier.run(10)

    expect(firstLines()).toEqual([`🏁 ${task.key}: Both.`])
    expect((await notifier.rows()).filter(({ taskId }) => taskId === task.id)).toHaveLength(1)
  })

  test('more than five at once from one agent are one message with a button per question', async () => {
    const keys: string[] = []
    for (let count = 0; count < 7; count += 1) {
      const task = await addTask(notifier.board, notifier.project, { title: `Task ${count}` })
      keys.push(task.key)
      await block(task.key, `reason ${count}`)
    }
    await notifier.run()

    const sentTexts = notifier.sentTexts()
    expect(sentTexts).toHaveLength(1)
    expect(sentTexts[0]).toContain('🙋 7 tasks from laptop need you')
    expect(sentTexts[0]).toContain(`7. ⛔ ${keys[6]} reason 6`)
    expect(labelsOf(notifier.user.lastMessage()).flat()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect((await notifier.rows()).at(-1)?.topic).toMatchObject({ kind: 'digest' })
    expect(isSilent('need you')).toBe(false)
  })

  test('one agent’s many questions neither delay nor hide another’s', async () => {
    for (let count = 0; count < 12; count += 1) {
      const task = await addTask(notifier.board, notifier.project, { title: `Task ${count}` })
      await block(task.key, `reason ${count}`)
    }
    const other = await addTask(notifier.board, notifier.project, { title: 'Other' })
    await editTask(notifier.board.as(otherAgent), other.key, {
      lifecycle: 'block',
      result: { blockedReason: 'Left or right?' },
    })
    await notifier.run()

    expect(firstLines().sort()).toEqual([
      `⛔ ${other.key}: Left or right?`,
      '🙋 12 tasks from laptop need you',
    ])
  })

  test('forty-five at once are one message that shows twelve, counts the rest and links to them', async () => {
    const keys: string[] = []
    for (let count = 0; count < 45; count += 1) {
      const task = await addTask(notifier.board, notifier.project, {
        title: `Task ${count} ${'long '.repeat(30)}`,
      })
      keys.push(task.key)
      await block(task.key, 'x'.repeat(400))
    }
    await notifier.run(10)

    expect(notifier.sentTexts()).toHaveLength(1)
    const [sentTexts = ''] = notifier.sentTexts()
    expect(sentTexts).toContain('🙋 45 tasks from laptop need you')
    expect(keys.filter((key) => sentTexts.includes(`${key} `))).toEqual(keys.slice(0, 12))
    expect(sentTexts).toMatch(/… and 33 more$/)
    expect(labelsOf(notifier.user.lastMessage()).at(-1)).toEqual(['🏠 What needs you'])
  })
})

describe('finished work', () => {
  test('a task that an agent moves to Done is posted loudly with its outcome first', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'ready' })
    await editTask(notifier.agent, task.key, { lifecycle: 'review', result: { summary: 'Merged.' } })
    await notifier.run()

    expect(firstLines()).toEqual([`✅ ${task.key}: Merged.`])
    expect(isSilent('Merged.')).toBe(false)
    expect(labelsOf(notifier.user.lastMessage())[0]).toEqual(['Reopen'])
  })

  test('a result of 40,000 characters is sent as a silent file without buttons before its card', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'todo' })
    const summary = `First line\n\n${'word '.repeat(7_900)}end`
    await editTask(notifier.agent, task.key, { lifecycle: 'complete', result: { summary } })
    await notifier.run(5)

    const [file, card] = notifier.user.messages()
    expect(notifier.user.messages()).toHaveLength(2)
    expect(file?.document?.file_name).toBe(`${task.key}.md`)
    expect(file?.reply_markup).toBeUndefined()
    expect(file === undefined ? null : notifier.user.post(file)?.silent).toBe(true)
    const stored = notifier.telegram.world.files.get(file?.document?.file_id ?? '')
    expect(Buffer.from(stored?.bytes ?? []).toString()).toContain('word end')
    expect(card?.text?.split('\n')[0]).toBe(`🏁 ${task.key}: First line`)
    expect(isSilent(`${task.key}: First`)).toBe(false)
  })

  test('more than five reminders at once are one list', async () => {
    const { board, project, log } = notifier
    const remind = () =>
      remindersJob.run({ store: board.db, ownerId: board.ownerId, now: board.clock.now, log })
    await remind()
    const dueAt = new Date(board.clock.now().getTime() + 60_000)
    for (let count = 0; count < 6; count += 1)
      await addTask(board, project, { title: `Call ${count}`, dueAt })
    board.clock.advance({ minutes: 2 })
    await remind()
    await notifier.run()

    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).toMatch(/^⏰ 6 tasks are due\n1\. ⏰ \S+ Call 0 – due now/)
  })
})

describe('progress', () => {
  test('a task that an agent creates is posted silently with its author and a new task’s buttons', async () => {
    const { task } = await createTask(notifier.agent, {
      projectId: notifier.project.id,
      title: 'Found a bug',
    })
    await notifier.run(5)

    expect(notifier.sentTexts()[0]?.split('\n').slice(0, 2)).toEqual([
      'Added by laptop',
      `📥 ${task.key} Found a bug`,
    ])
    expect(labelsOf(notifier.user.lastMessage())[0]).toEqual(['Queue', 'Todo', 'Later', 'Drop'])
    expect(isSilent(task.key)).toBe(true)
  })

  test('a start, changes, manual logs and comments edit the card in place', async () => {
    const { task } = await createTask(notifier.agent, {
      projectId: notifier.project.id,
      title: 'Found another',
    })
    await notifier.run(5)
    await editTask(notifier.board.ctx, task.key, { status: 'todo' })
    await editTask(notifier.agent, task.key, { lifecycle: 'start' })
    await notifier.run(5)
    notifier.board.clock.advance({ ms: 100 })
    await createWorkLog(notifier.agent, { title: 'Measured the till', task: task.key })
    await notifier.run(5)

    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).toContain('laptop is working on it')
    expect(notifier.sentTexts()[0]).toContain('Measured the till')
  })

  test('starting a task without a card posts one silently', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'todo' })
    await editTask(notifier.agent, task.key, { lifecycle: 'start' })
    await notifier.run(5)
    expect(firstLines()).toEqual([`⚙️ ${task.key} Fix the till`])
    expect(isSilent(task.key)).toBe(true)
  })

  test('changing a task without a card posts nothing', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'todo' })
    await editTask(notifier.agent, task.key, { title: 'Another title' })
    await createWorkLog(notifier.agent, { title: 'Measured the till', task: task.key })
    await notifier.run(5)
    expect(notifier.sentTexts()).toEqual([])
  })

  test('a card is edited at most once in three seconds and ends with the final state', async () => {
    const { task } = await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Busy' })
    await notifier.run(5)
    const edits: number[] = []
    const unsubscribe = notifier.telegram.world.subscribe((event) => {
      if (event.type === 'edited') edits.push(notifier.board.clock.now().getTime())
    })
    for (let count = 1; count <= 20; count += 1) {
      await editTask(notifier.agent, task.key, { title: `Busy ${count}` })
      await notifier.run(0.5)
    }
    await notifier.run(5)
    unsubscribe()

    expect(notifier.sentTexts().at(-1)).toContain('Busy 20')
    expect(edits.length).toBeLessThan(6)
    expect(edits.slice(1).every((at, index) => at - (edits[index] ?? 0) >= 3_000)).toBe(true)
  })

  test('a burst of new tasks is one silent, folded list with Triage and no numbered buttons', async () => {
    for (let count = 0; count < 14; count += 1) {
      await createTask(notifier.agent, { projectId: notifier.project.id, title: `Found ${count}` })
    }
    await notifier.run(6)

    expect(notifier.sentTexts()).toHaveLength(1)
    expect(firstLines()).toEqual(['📥 14 new tasks from laptop'])
    expect(notifier.sentTexts()[0]).toContain('… and 2 more')
    expect(notifier.user.lastMessage().entities?.some(({ type }) => type === 'expandable_blockquote')).toBe(
      true,
    )
    expect(labelsOf(notifier.user.lastMessage())).toEqual([['Triage']])
    expect(isSilent('14 new tasks')).toBe(true)
  })

  test('exactly five new tasks at once are five cards', async () => {
    for (let count = 0; count < 5; count += 1) {
      await createTask(notifier.agent, { projectId: notifier.project.id, title: `Found ${count}` })
    }
    await notifier.run(10)
    expect(notifier.sentTexts()).toHaveLength(5)
  })

  test('a manual log without a task is a silent message', async () => {
    await createWorkLog(notifier.agent, {
      title: 'Measured the till',
      detail: '- 3 s\n- 4 s',
      projectKey: 'SHOP',
    })
    await notifier.run(5)
    expect(notifier.sentTexts()).toEqual([`📓 SHOP · Measured the till\nlaptop logged this\n\n• 3 s\n• 4 s`])
    expect(isSilent('Measured')).toBe(true)
  })

  test('a task that an agent deleted is reported, and its card is gone', async () => {
    const { task } = await createTask(notifier.agent, {
      projectId: notifier.project.id,
      title: 'Superfluous',
    })
    await notifier.run(5)
    await deleteTask(notifier.agent, task.key)
    await notifier.run(8)
    expect(notifier.sentTexts()).toEqual([
      `🗑 ${task.key} · Superfluous\nlaptop deleted it. Its work logs stay.`,
    ])
    expect(labelsOf(notifier.user.lastMessage())).toEqual([['♻️ Restore']])
    expect(isSilent('deleted it')).toBe(false)
  })

  test('the owner’s actions aren’t reported, but the card is updated', async () => {
    const { task } = await createTask(notifier.agent, { projectId: notifier.project.id, title: 'Mine' })
    await notifier.run(5)
    await editTask(notifier.board.ctx, task.key, { priority: 'high' })
    await notifier.run(5)
    expect(notifier.sentTexts()).toHaveLength(1)
    expect(notifier.sentTexts()[0]).toContain('High')
  })
})

describe('loudness', () => {
  test('each level is respected, the card is still edited, and a muted project reports what needs the owner', async () => {
    const task = await addTask(notifier.board, notifier.project, { status: 'todo' })
    await editTask(notifier.agent, task.key, { lifecycle: 'start' })
    await notifier.run(5)
    const again = async (reason: string) => {
      await editTask(notifier.board.ctx, task.key, { status: 'todo', withoutAnswer: true })
      await block(task.key, reason)
      await notifier.run(5)
      return { count: notifier.user.messages().length, first: firstLines()[0], silent: isSilent(reason) }
    }
    await changeSettings(notifier.board.ctx, { notifyNeedsYou: 'off' })
    const off = await again('not at all')
    await changeSettings(notifier.board.ctx, { notifyNeedsYou: 'loud', mutedProjects: ['SHOP'] })
    const muted = await again('muted')
    await changeSettings(notifier.board.ctx, { mutedProjects: [], notifyNeedsYou: 'silent' })
    const quiet = await again('quietly')
    await changeSettings(notifier.board.ctx, { notifyNeedsYou: 'loud' })
    const loud = await again('loudly')

    expect(off).toMatchObject({ count: 1, first: `⛔ ${task.key}: not at all`, silent: true })
    expect(muted).toMatchObject({ count: 1, first: `⛔ ${task.key}: muted`, silent: false })
    expect(quiet).toMatchObject({ count: 1, silent: true })
    expect(loud).toMatchObject({ count: 1, silent: false })
  })

  test('nothing makes a sound in quiet hours', async () => {
    await changeSettings(notifier.board.ctx, { quietHours: '00:00-23:59' })
    const task = await addTask(notifier.board, notifier.project)
    await block(task.key, 'at night')
    await notifier.run(2)
    await changeSettings(notifier.board.ctx, { quietHours: null })
    expect(isSilent('at night')).toBe(true)
  })
})
