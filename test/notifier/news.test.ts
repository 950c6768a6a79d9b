import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changeSettings } from '../../src/domain/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit.ts'
import { deleteTask } from '../../src/domain/tasks/remove.ts'
import { createWorkLog } from '../../src/domain/work-logs.ts'
import { remindersJob } from '../../src/jobs/reminders.ts'
import { labelsOf } from '../../src/playground/virtual-user.ts'
import { type News, openNews } from '../support/news.ts'
import { addTask } from '../support/tasks.ts'

let news: News
beforeAll(async () => {
  news = await openNews()
})
afterAll(() => news.close())
beforeEach(async () => {
  news.board.clock.advance({ minutes: 10 })
  await news.run(10)
  news.telegram.world.rooms.get(news.user.chatId)?.posts.clear()
})

const isSilent = (text: string) => {
  const message = news.user
    .messages()
    .find((message) => (message.text ?? message.caption ?? '').includes(text))
  return message === undefined ? null : news.user.post(message)?.silent
}

describe('what needs the owner', () => {
  it('tells loudly why an agent is blocked, with the ways out', async () => {
    const task = await addTask(news.board, news.project)
    await editTask(news.agent, task.key, {
      lifecycle: 'block',
      result: { blockedReason: 'Which **currency**?' },
    })
    await news.run()
    const message = news.user.lastMessage()
    expect(message.text).toBe(
      `⛔️ ${task.key} · Fix the till\nlaptop is blocked and needs you\n\nWhich currency?`,
    )
    expect(labelsOf(message)).toEqual([
      ['Answer', 'Back to todo'],
      ['Hold', 'Archive', 'Open'],
    ])
    expect(news.user.post(message)?.silent).toBe(false)
  })

  it('says one thing of one action, however many events it made', async () => {
    const task = await addTask(news.board, news.project, { status: 'todo' })
    await editTask(news.agent, task.key, {
      lifecycle: 'complete',
      branch: 'task/other',
      result: {
        summary: 'The till adds up.',
        tests: '12 passed',
        checks: 'lint',
        prUrl: 'https://github.com/ada/shop/pull/7',
      },
    })
    await news.run()
    expect(news.said()).toEqual([
      [
        `👀 ${task.key} · Fix the till`,
        'laptop has it ready for you',
        '🧪 12 passed',
        '🔎 lint',
        '🌿 task/other',
        '🔀 Pull request #7',
        '',
        'The till adds up.',
      ].join('\n'),
    ])
    expect(labelsOf(news.user.lastMessage())).toEqual([
      ['Accept', 'Send back', 'Hold'],
      ['🔀 Pull request', 'Open'],
    ])
  })

  it('tells a block of what lies on hold already and gave no reason', async () => {
    const task = await addTask(news.board, news.project, { status: 'hold' })
    await editTask(news.agent, task.key, { lifecycle: 'start' })
    await editTask(news.agent, task.key, { lifecycle: 'block' })
    await news.run()
    expect(news.said().at(-1)).toContain('It gave no reason.')
  })

  it('leaves alone what the owner has dealt with before it could be told', async () => {
    const task = await addTask(news.board, news.project, { status: 'todo' })
    await editTask(news.agent, task.key, { lifecycle: 'complete' })
    await editTask(news.board.ctx, task.key, { status: 'done' })
    await news.run(5)
    expect(news.said().filter((text) => text.includes('ready for you'))).toEqual([])
  })

  it('lists more than five at once in one message, each with its button', async () => {
    const keys: string[] = []
    for (let count = 0; count < 7; count += 1) {
      const task = await addTask(news.board, news.project, { title: `Task ${count}` })
      keys.push(task.key)
      await editTask(news.agent, task.key, {
        lifecycle: 'block',
        result: { blockedReason: `reason ${count}` },
      })
    }
    await news.run()
    const said = news.said()
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('7 things need you')
    expect(said[0]).toContain(`7. ⛔️ ${keys[6]} Task 6 — reason 6`)
    expect(labelsOf(news.user.lastMessage()).flat()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect((await news.rows()).at(-1)?.topic).toMatchObject({ kind: 'digest' })
  })

  it('sends forty-five as lists that each fit a message, and loses none', async () => {
    const keys: string[] = []
    for (let count = 0; count < 45; count += 1) {
      const task = await addTask(news.board, news.project, { title: `Task ${count} ${'long '.repeat(30)}` })
      keys.push(task.key)
      await editTask(news.agent, task.key, { lifecycle: 'block', result: { blockedReason: 'x'.repeat(400) } })
    }
    await news.run(10)
    const said = news.said().join('\n')
    expect(keys.filter((key) => !said.includes(`${key} `))).toEqual([])
    expect(news.said().length).toBeLessThan(8)
  })
})

describe('what is finished', () => {
  it('lists more than five at once under a head that is true of a reminder too', async () => {
    const { board, project, log } = news
    const remind = () =>
      remindersJob.run({ store: board.db, ownerId: board.ownerId, now: board.clock.now, log })
    await remind()
    const dueAt = new Date(board.clock.now().getTime() + 60_000)
    for (let count = 0; count < 6; count += 1)
      await addTask(board, project, { title: `Call ${count}`, dueAt })
    board.clock.advance({ minutes: 2 })
    await remind()
    await news.run()
    const said = news.said()
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^📬 6 pieces of news\n1\. ⏰ \S+ Call 0 — due now/)
  })

  it('tells what an agent has done', async () => {
    const task = await addTask(news.board, news.project, { status: 'ready' })
    await editTask(news.agent, task.key, { lifecycle: 'review', result: { summary: 'Merged.' } })
    await news.run()
    expect(news.said().at(-1)).toContain(`✅ ${task.key} · Fix the till\nlaptop finished it`)
    expect(news.said().at(-1)).toContain('Merged.')
  })

  it('tells a work log by hand', async () => {
    const task = await addTask(news.board, news.project)
    await createWorkLog(news.agent, { title: 'Measured the till', detail: '- 3 s\n- 4 s', task: task.key })
    await news.run()
    expect(news.said().at(-1)).toBe(`📝 ${task.key} · Measured the till\nlaptop logged this\n\n• 3 s\n• 4 s`)
  })

  it('sends a result of 40,000 characters as a file with its first lines', async () => {
    const task = await addTask(news.board, news.project)
    const summary = `First line\n\n${'word '.repeat(7_900)}end`
    await editTask(news.agent, task.key, { result: { summary } })
    await news.run()
    const message = news.user.lastMessage()
    expect(message.document?.file_name).toBe(`${task.key}.md`)
    expect(message.caption).toContain('First line')
    const file = news.telegram.world.files.get(message.document?.file_id ?? '')
    expect(Buffer.from(file?.bytes ?? []).toString()).toContain('word end')
  })
})

describe('what is only good to know', () => {
  it('posts a silent living card of what an agent created', async () => {
    const { task } = await createTask(news.agent, { projectId: news.project.id, title: 'Found a bug' })
    await news.run(5)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain(`${task.key} · Found a bug`)
    expect(isSilent(task.key)).toBe(true)
  })

  it('edits that card in place when the agent goes on', async () => {
    const { task } = await createTask(news.agent, { projectId: news.project.id, title: 'Found another' })
    await news.run(5)
    news.board.clock.advance({ ms: 100 })
    await editTask(news.agent, task.key, { lifecycle: 'start' })
    await news.run(5)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain('laptop working')
  })

  it('edits a card at most once in three seconds and ends with the last state', async () => {
    const { task } = await createTask(news.agent, { projectId: news.project.id, title: 'Busy' })
    await news.run(5)
    const edits: number[] = []
    const unsubscribe = news.telegram.world.subscribe((event) => {
      if (event.type === 'edited') edits.push(news.board.clock.now().getTime())
    })
    for (let count = 1; count <= 20; count += 1) {
      await editTask(news.agent, task.key, { title: `Busy ${count}` })
      await news.run(0.5)
    }
    await news.run(5)
    unsubscribe()
    expect(news.said().at(-1)).toContain('Busy 20')
    expect(edits.length).toBeLessThan(6)
    expect(edits.slice(1).every((at, index) => at - (edits[index] ?? 0) >= 3_000)).toBe(true)
  })

  it('gathers a burst as one silent message with a folded list', async () => {
    for (let count = 0; count < 12; count += 1) {
      await createTask(news.agent, { projectId: news.project.id, title: `Found ${count}` })
    }
    await news.run(6)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain('12 tasks changed')
    expect(news.user.lastMessage().entities?.some(({ type }) => type === 'expandable_blockquote')).toBe(true)
    expect(isSilent('12 tasks')).toBe(true)
  })

  it('posts a card anew when the old one is gone', async () => {
    const { task } = await createTask(news.agent, { projectId: news.project.id, title: 'Lost' })
    await news.run(5)
    news.user.delete(news.user.lastMessage())
    await editTask(news.agent, task.key, { title: 'Found again' })
    await news.run(5)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain('Found again')
  })

  it('posts a card anew two days later', async () => {
    const { task } = await createTask(news.agent, { projectId: news.project.id, title: 'Old' })
    await news.run(5)
    news.board.clock.advance({ days: 3 })
    await editTask(news.agent, task.key, { lifecycle: 'start' })
    await news.run(5)
    expect(news.said()).toHaveLength(2)
    expect(news.said()[1]).toContain('laptop working')
  })

  it('says that an agent deleted a task', async () => {
    const task = await addTask(news.board, news.project, { title: 'Superfluous' })
    await deleteTask(news.agent, task.key)
    await news.run(5)
    expect(news.said()).toEqual([`🗑 ${task.key} · Superfluous\nlaptop deleted it. Its work logs stay.`])
  })

  it('says nothing of what the owner did himself, but lets the card follow', async () => {
    const { task } = await createTask(news.agent, { projectId: news.project.id, title: 'Mine' })
    await news.run(5)
    await editTask(news.board.ctx, task.key, { priority: 'high' })
    await news.run(5)
    expect(news.said()).toHaveLength(1)
    expect(news.said()[0]).toContain('High')
  })
})

describe('loudness', () => {
  it('follows each level and the muted projects', async () => {
    const task = await addTask(news.board, news.project)
    const block = async (reason: string) => {
      await editTask(news.board.ctx, task.key, { status: 'todo' })
      await editTask(news.agent, task.key, { lifecycle: 'block', result: { blockedReason: reason } })
      await news.run(2)
    }
    await changeSettings(news.board.ctx, { notifyNeedsYou: 'silent' })
    await block('quietly')
    await changeSettings(news.board.ctx, { notifyNeedsYou: 'off' })
    await block('not at all')
    await changeSettings(news.board.ctx, { notifyNeedsYou: 'loud', mutedProjects: ['SHOP'] })
    await block('muted')
    await changeSettings(news.board.ctx, { mutedProjects: [] })
    expect(isSilent('quietly')).toBe(true)
    expect(isSilent('not at all')).toBeNull()
    expect(isSilent('muted')).toBeNull()
  })

  it('makes no sound in quiet hours', async () => {
    await changeSettings(news.board.ctx, { quietHours: '00:00-23:59' })
    const task = await addTask(news.board, news.project)
    await editTask(news.agent, task.key, { lifecycle: 'block', result: { blockedReason: 'at night' } })
    await news.run(2)
    await changeSettings(news.board.ctx, { quietHours: null })
    expect(isSilent('at night')).toBe(true)
  })
})
