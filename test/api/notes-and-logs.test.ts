import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const patch = async (key: string, body: object) => {
  const answer = await api.call('PATCH', `/api/tasks/${key}`, { body })
  expect(answer.status, answer.text).toBe(200)
  return answer.body.task
}
const logsOf = async (key: string) =>
  (await api.call('GET', `/api/work-logs?task=${key}`)).body.work_logs as {
    title: string
    detail: string | null
    engine: string | null
  }[]
const withCriteria = 'Text\n\n## Acceptance Criteria\n\n- [ ] one\n- [ ] two'

describe('the note', () => {
  test('holds description and criteria in one section at the end', async () => {
    const key = await api.task({ description: 'Text', acceptance_criteria: ['one', 'two'] })
    const { task } = (await api.call('GET', `/api/tasks/${key}`)).body
    expect([task.description, task.acceptance_criteria]).toEqual([withCriteria, ['one', 'two']])
  })

  test('is replaced entirely by noteMarkdown', async () => {
    const key = await api.task({ description: 'Text', acceptance_criteria: ['one'] })
    const task = await patch(key, { noteMarkdown: '# Mine\n\n- [x] kept' })
    expect([task.description, task.acceptance_criteria]).toEqual(['# Mine\n\n- [x] kept', ['kept']])
  })

  test.each(['description', 'planMarkdown'])(
    'keeps its criteria and their marks when %s replaces the text',
    async (field) => {
      const key = await api.task()
      await patch(key, { noteMarkdown: 'Old\n\n## Acceptance Criteria\n\n- [x] one\n- [ ] two' })
      const task = await patch(key, { [field]: 'New' })
      expect(task.description).toBe('New\n\n## Acceptance Criteria\n\n- [x] one\n- [ ] two')
    },
  )

  test('keeps its text when criteria are replaced, and the check mark of one that stays', async () => {
    const key = await api.task()
    await patch(key, { noteMarkdown: 'Text\n\n## Acceptance Criteria\n\n- [x] one\n- [ ] two' })
    const task = await patch(key, { acceptance_criteria: ['three', 'one'] })
    expect(task.description).toBe('Text\n\n## Acceptance Criteria\n\n- [ ] three\n- [x] one')
  })

  test('does not change when the same is sent twice', async () => {
    const key = await api.task({ description: 'Text', acceptance_criteria: ['one', 'two'] })
    const body = { description: 'Text', acceptance_criteria: ['one', 'two'] }
    const first = await patch(key, body)
    const logs = (await logsOf(key)).length
    const second = await patch(key, body)
    expect(second.description).toBe(first.description)
    expect((await logsOf(key)).length).toBe(logs)
  })

  test('writes a log that contains the change', async () => {
    const key = await api.task({ title: 'Noted', description: 'Old' })
    await patch(key, { description: 'New' })
    const [log] = await logsOf(key)
    expect(log?.title).toBe(`${key} · Note Updated`)
    expect(JSON.parse(log?.detail ?? '')).toEqual({
      type: 'task.note_change',
      version: 1,
      taskKey: key,
      taskTitle: 'Noted',
      previousNote: 'Old',
      updatedNote: 'New',
    })
  })
})

describe('work logs of changes', () => {
  test('a status change is titled with both statuses', async () => {
    const key = await api.task()
    await api.call('PATCH', `/api/tasks/${key}/status`, { body: { status: 'archived' } })
    expect((await logsOf(key)).map((log) => log.title)).toEqual([`${key} · Inbox -> Archived`])
  })

  test('changed fields are counted and named', async () => {
    const key = await api.task()
    await patch(key, { title: 'New', priority: 'low', labels: ['x'] })
    expect((await logsOf(key)).map((log) => log.title)).toEqual([
      `${key} · Fields Updated (3) · title, priority, labels`,
    ])
  })
})

describe('results', () => {
  test('become one work log with every given part', async () => {
    const key = await api.task({ title: 'Ship it', status: 'todo', engine: 'codex' })
    const task = await patch(key, {
      lifecycle_action: 'complete',
      result: {
        summary: 'All **done**.\n\nIn two paragraphs.',
        tests: '12 passed',
        pr_url: 'https://x.test/pr/1',
        notes: 'none',
        checks: { lint: 'pass', build: 'pass' },
        completed_at: '2026-01-01T00:00:00Z',
      },
    })
    const log = (await logsOf(key)).find(({ title }) => title.startsWith('PREQSTATION'))
    const now = api.clock.now().toISOString()
    expect(log).toMatchObject({ title: 'PREQSTATION Result · Ship it', engine: 'codex' })
    expect(log?.detail).toBe(
      [
        `**${key}** · Ship it`,
        'All **done**.',
        'In two paragraphs.',
        '**Tests:** 12 passed',
        '**PR:** [https://x.test/pr/1](https://x.test/pr/1)',
        '**Notes:** none',
        '**Checks:** lint: pass, build: pass',
        `---\nEngine: codex · Completed: ${now} · Source: laptop`,
      ].join('\n\n'),
    )
    expect(task.latest_preq_result).toEqual({
      title: 'PREQSTATION Result · Ship it',
      summary: 'All **done**.\n\nIn two paragraphs.',
      blocked_reason: null,
      worked_at: now,
    })
  })

  test('leave out what is empty', async () => {
    const key = await api.task({ title: 'Bare', status: 'todo' })
    await patch(key, {
      lifecycle_action: 'complete',
      result: { summary: 'Done.', pr_url: '', tests: '', notes: '' },
    })
    const log = (await logsOf(key)).find(({ title }) => title.startsWith('PREQSTATION'))
    expect(log?.detail?.split('\n\n').slice(0, -1)).toEqual([`**${key}** · Bare`, 'Done.'])
  })

  test.each(['reason', 'blocked_reason', 'blockedReason'])(
    'accept the reason of a block as result.%s',
    async (name) => {
      const key = await api.task({ status: 'todo' })
      const task = await patch(key, {
        lifecycle_action: 'block',
        result: { [name]: 'No key.\n\nNone at all.' },
      })
      expect(task.status).toBe('hold')
      expect(task.latest_preq_result).toMatchObject({
        summary: null,
        blocked_reason: 'No key.\n\nNone at all.',
      })
    },
  )

  test('return the agent’s words exactly, even if they look like the names of a result’s parts', async () => {
    const words = (name: string) => `First.\n**Notes:** mine.\n\n**${name}:** by hand.\n\nLast.`
    const key = await api.task({ status: 'todo' })
    const task = await patch(key, {
      lifecycle_action: 'block',
      result: { summary: words('Blocked reason'), reason: words('Tests'), checks: 'lint' },
    })
    expect(task.latest_preq_result).toMatchObject({
      summary: words('Blocked reason'),
      blocked_reason: words('Tests'),
    })
  })

  test('of a plan are plans', async () => {
    const key = await api.task({ title: 'Think' })
    const task = await patch(key, {
      lifecycle_action: 'plan',
      planMarkdown: 'First this.',
      result: { summary: 'Planned.' },
    })
    expect(task.latest_preq_result.title).toBe('PREQSTATION Plan · Think')
  })

  test.each([
    [{ engine: 'gemini', result: { summary: 's', engine: 'codex' } }, 'gemini-cli'],
    [{ result: { summary: 's', engine: 'codex' } }, 'codex'],
    [{ result: { summary: 's' } }, 'claude-code'],
  ])('have the given engine, otherwise the result’s, otherwise the task’s: %o', async (body, engine) => {
    const key = await api.task({ engine: 'claude-code' })
    await patch(key, body)
    const log = (await logsOf(key)).find(({ title }) => title.startsWith('PREQSTATION'))
    expect(log?.engine).toBe(engine)
  })

  test('with a long title are cut at a word', async () => {
    const key = await api.task({ title: `${'word '.repeat(35)}end` })
    const task = await patch(key, { result: { summary: 's' } })
    expect(task.latest_preq_result.title).toMatch(/ word…$/)
    expect(task.latest_preq_result.title.length).toBeLessThanOrEqual(180)
  })

  test('with parts of maximum length fit', async () => {
    const key = await api.task({ title: 't'.repeat(180) })
    const result = {
      summary: 's'.repeat(40_000),
      reason: 'r'.repeat(10_000),
      tests: 't'.repeat(10_000),
      pr_url: 'https://example.com/'.padEnd(2_000, 'p'),
      notes: 'n'.repeat(20_000),
      checks: 'c'.repeat(10_000),
    }
    expect((await patch(key, { result })).latest_preq_result.summary).toBe(result.summary)
  })
})

describe('feedback', () => {
  test('is the owner’s comments since the latest result, oldest first', async () => {
    const key = await api.task({ status: 'todo' })
    await editTask(api.ctx, key, { comment: 'Before.' })
    api.clock.advance({ minutes: 1 })
    await patch(key, { lifecycle_action: 'block', result: { reason: 'Which key?' } })
    api.clock.advance({ minutes: 1 })
    const first = api.clock.now().toISOString()
    await editTask(api.ctx, key, { comment: 'The new one.' })
    api.clock.advance({ minutes: 1 })
    await editTask(api.ctx, key, { comment: 'From the vault.' })
    const { task } = (await api.call('GET', `/api/tasks/${key}`)).body
    expect(task.feedback).toEqual([
      { text: 'The new one.', at: first },
      { text: 'From the vault.', at: api.clock.now().toISOString() },
    ])
  })
})

describe('GET and POST /api/work-logs', () => {
  test('writes a log on a task and lists it', async () => {
    const key = await api.task()
    const made = await api.call('POST', '/api/work-logs', {
      body: {
        title: 'Looked into it',
        detail: 'It is *deep*.',
        task: key,
        engine: 'claude',
        worked_at: '2026-11-23T10:00:00+02:00',
      },
    })
    expect([made.status, made.body.work_log]).toEqual([
      201,
      {
        id: expect.any(String),
        title: 'Looked into it',
        detail: 'It is *deep*.',
        engine: 'claude-code',
        task_key: key,
        project_key: 'PROJ',
        worked_at: '2026-11-23T08:00:00.000Z',
        created_at: api.clock.now().toISOString(),
      },
    ])
    expect(await logsOf(key)).toEqual([made.body.work_log])
  })

  test('cuts a long title, and accepts a log on a project or on nothing', async () => {
    const long = await api.call('POST', '/api/work-logs', {
      body: { title: 'word '.repeat(50), project_key: 'proj' },
    })
    const bare = await api.call('POST', '/api/work-logs', { body: { title: 'Bare' } })
    expect(long.body.work_log.title.length).toBeLessThanOrEqual(180)
    expect(long.body.work_log).toMatchObject({ task_key: null, project_key: 'PROJ' })
    expect(bare.body.work_log).toMatchObject({ task_key: null, project_key: null })
  })

  test('pages, newest first', async () => {
    const key = await api.task()
    for (const title of ['a', 'b', 'c']) {
      api.clock.advance({ minutes: 1 })
      await api.call('POST', '/api/work-logs', { body: { title, task: key } })
    }
    const first = await api.call('GET', `/api/work-logs?task=${key}&limit=2`)
    const rest = await api.call('GET', `/api/work-logs?task=${key}&limit=2&cursor=${first.body.next_cursor}`)
    expect(first.body.work_logs.map((log: { title: string }) => log.title)).toEqual(['c', 'b'])
    expect(rest.body.work_logs.map((log: { title: string }) => log.title)).toEqual(['a'])
    expect(rest.body.next_cursor).toBeNull()
  })

  test.each([
    { title: '' },
    {},
    { title: 'x', task: 'PROJ-99999' },
    { title: 'x', project_key: 'NOPE' },
    { title: 'x', worked_at: 'yesterday' },
    { title: 'x', detail: 'd'.repeat(100_001) },
    { title: 'PREQSTATION Result · I say it is done' },
    { title: 'Comment · PROJ-1' },
  ])('refuses %o', async (body) => {
    const answer = await api.call('POST', '/api/work-logs', { body })
    expect([answer.status, typeof answer.body.error]).toEqual([400, 'string'])
  })

  test('names the token that wrote a result, not the task’s engine', async () => {
    const { token } = await createToken(api.ctx, { name: 'server' })
    const key = await api.task({ status: 'todo' })
    await api.call('PATCH', `/api/tasks/${key}`, { body: { result: { summary: 'Mine.' } }, token })
    expect((await logsOf(key))[0]?.detail).toMatch(/Source: server$/)
  })
})
