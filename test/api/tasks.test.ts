import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newestEventId, readEvents } from '../../src/domain/core/outbox.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { deleteProject } from '../../src/domain/projects/edit.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const eventsSince = async (after: number) => readEvents(api.scope, { after, limit: 100 })

describe('POST /api/tasks', () => {
  test('creates a task in the project’s inbox and answers with all its fields', async () => {
    const made = await api.call('POST', '/api/tasks', {
      body: {
        title: '  Fix the Wärter  ',
        projectKey: 'PROJ',
        labels: ['backend', 'UI'],
        priority: 'high',
        assignee: 'somebody',
      },
    })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toEqual({
      task: {
        id: 'PROJ-1',
        task_key: 'PROJ-1',
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        task_prefix: 'PROJ',
        task_number: 1,
        project_key: 'PROJ',
        title: 'Fix the Wärter',
        description: null,
        status: 'inbox',
        priority: 'high',
        assignee: 'ada',
        repo: 'https://github.com/ada/proj',
        branch: 'task/proj-1/fix-the-warter',
        labels: ['backend', 'UI'],
        acceptance_criteria: [],
        engine: null,
        dispatch_target: null,
        run_state: null,
        run_state_updated_at: null,
        artifacts: [],
        latest_preq_result: null,
        feedback: [],
        note_updated_by: null,
        note_updated_at: null,
        agent_instructions: null,
        deploy_strategy: {
          strategy: 'none',
          default_branch: 'main',
          auto_pr: false,
          commit_on_review: true,
          squash_merge: true,
        },
        result: null,
        due_at: null,
        focused_at: null,
        created_at: '2026-11-24T09:00:00.000Z',
        updated_at: '2026-11-24T09:00:00.000Z',
      },
      available_labels: [
        { name: 'backend', color: 'blue' },
        { name: 'UI', color: 'blue' },
      ],
    })
  })

  test('writes an event that names the token', async () => {
    const before = await newestEventId(api.scope)
    const key = await api.task({ title: 'Seen', status: 'todo' })
    expect(await eventsSince(before)).toMatchObject([
      {
        eventType: 'TASK_CREATED',
        entityId: key,
        payload: { title: 'Seen', status: 'todo', actor: 'agent:laptop' },
      },
    ])
  })

  test.each([
    'ada/proj',
    'https://github.com/ada/proj',
    'https://github.com/ada/proj.git',
    'https://GitHub.com/ada/proj',
    'git@github.com:ada/proj.git',
    'ssh://git@github.com/ada/proj',
  ])('finds the project by the repository %s', async (repo) => {
    const made = await api.call('POST', '/api/tasks', { body: { title: 'By repo', repo } })
    expect(made.body.task?.project_key, made.text).toBe('PROJ')
  })

  test.each([{ repo: 'ada/other' }, { projectKey: 'OTHER' }, { project_key: 'OTHER' }])(
    'refuses a project that doesn’t exist: %o',
    async (name) => {
      const made = await api.call('POST', '/api/tasks', { body: { title: 'Lost', ...name } })
      expect([made.status, made.body]).toEqual([400, { error: 'No project found for the given repo.' }])
    },
  )

  test.each([
    { id: 'PROJ-9' },
    { taskKey: 'PROJ-9' },
    { taskPrefix: 'PROJ' },
    { taskNumber: 9 },
    { title: '' },
    { title: '   ' },
    { title: 'x'.repeat(181) },
    { title: 5 },
    { status: 'blocked' },
    { engine: 'copilot' },
    { labels: ['x'.repeat(41)] },
    { labels: 'backend' },
    { labels: [''] },
    { labels: Array.from({ length: 10_000 }, (_, number) => `label ${number}`) },
    { acceptance_criteria: ['x'.repeat(201)] },
    { description: 'x'.repeat(50_001) },
    { projectKey: 'no such key' },
    { priority: 3 },
  ])('refuses a body with $0', async (wrong) => {
    const before = await newestEventId(api.scope)
    const made = await api.call('POST', '/api/tasks', { body: { title: 'T', projectKey: 'PROJ', ...wrong } })
    expect(made.status).toBe(400)
    expect(made.body).toMatchObject({ error: 'Invalid payload', issues: expect.any(Array) })
    expect(await newestEventId(api.scope)).toBe(before)
  })

  test('refuses text and criteria that together exceed the length of a note', async () => {
    const body = {
      title: 'Long',
      projectKey: 'PROJ',
      description: 'x'.repeat(50_000),
      acceptance_criteria: ['one'],
    }
    const made = await api.call('POST', '/api/tasks', { body })
    expect([made.status, typeof made.body.error]).toEqual([400, 'string'])
  })

  test('accepts 180 characters of two code units each', async () => {
    expect(await api.task({ title: '🦊'.repeat(180) })).toMatch(/^PROJ-/)
  })

  test('accepts short engine names, any priority, and an empty branch for a generated one', async () => {
    const made = await api.call('POST', '/api/tasks', {
      body: { title: '日本', project_key: 'proj', engine: 'claude', priority: 'urgent', branch: '' },
    })
    expect(made.body.task).toMatchObject({ engine: 'claude-code', priority: 'none' })
    expect(made.body.task.branch).toMatch(/^task\/proj-\d+\/[a-z-]+$/)
  })

  test('gives 50 concurrent creates 50 consecutive keys', async () => {
    const keys = await Promise.all(Array.from({ length: 50 }, () => api.task()))
    const numbers = keys.map((key) => Number(key.split('-')[1])).sort((left, right) => left - right)
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => (numbers[0] ?? 0) + index))
  })
})

describe('GET /api/tasks', () => {
  let list: TestApi
  beforeAll(async () => {
    list = await openApi()
    await createProject(list.ctx, { key: 'GONE', name: 'Gone' })
    await list.task({ title: 'Inbox one', labels: ['Backend'], engine: 'codex' })
    await list.task({ title: 'Todo two', status: 'todo', description: 'about the kitchen sink' })
    await list.task({ title: 'Done three', status: 'done', engine: 'gemini' })
    await list.task({ title: 'Archived four', status: 'archived' })
    await list.task({ title: 'Deleted five', projectKey: 'GONE' })
    await deleteProject(list.ctx, 'GONE')
    await list.call('PATCH', '/api/tasks/PROJ-2', { body: { lifecycle_action: 'start' } })
  })
  afterAll(() => list.close())
  const titles = async (query: string) => {
    const answer = await list.call('GET', `/api/tasks${query}`)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.available_labels).toEqual([{ name: 'Backend', color: 'blue' }])
    return answer.body.tasks.map((task: { title: string }) => task.title)
  }

  test.each([
    ['', ['Archived four', 'Done three', 'Inbox one', 'Todo two']],
    ['?status=todo', ['Todo two']],
    ['?label=backend', ['Inbox one']],
    ['?label=back', []],
    ['?engine=gemini-cli', ['Done three']],
    ['?engine=gemini', ['Done three']],
    ['?run_state=working', ['Todo two']],
    ['?run_state=running', ['Todo two']],
    ['?run_state=queued', []],
    ['?project_key=proj&status=inbox', ['Inbox one']],
    ['?projectKey=GONE', []],
    ['?q=kitch', ['Todo two']],
    ['?q=PROJ-3', ['Done three']],
    ['?q=%21%26', []],
    ['?limit=2', ['Archived four', 'Done three']],
  ])('answers %s with %j', async (query, expected) => {
    expect(await titles(query)).toEqual(expected)
  })

  test.each([
    'status=blocked',
    'status=',
    'engine=copilot',
    'run_state=idle',
    'limit=0',
    'limit=201',
    'limit=x',
    'limit=1&limit=2',
    'project_key=%00',
    'project_key=!',
    'compact=2',
    'cursor=abc',
    'q=%00',
    `label=${'x'.repeat(41)}`,
  ])('refuses the query %s', async (query) => {
    const answer = await list.call('GET', `/api/tasks?${query}`)
    expect([answer.status, answer.body]).toEqual([400, { error: 'Invalid query' }])
  })

  test('gives compact rows only their fields', async () => {
    const answer = await list.call('GET', '/api/tasks?compact=1&status=inbox')
    expect(answer.body.tasks).toEqual([
      {
        id: 'PROJ-1',
        task_key: 'PROJ-1',
        title: 'Inbox one',
        status: 'inbox',
        run_state: null,
        run_state_updated_at: null,
        priority: 'none',
        repo: 'https://github.com/ada/proj',
        engine: 'codex',
        branch_name: 'task/proj-1/inbox-one',
        dispatch_target: null,
        labels: ['Backend'],
        updated_at: '2026-11-24T09:00:00.000Z',
      },
    ])
  })

  test('pages by cursor; without a limit, everything is in one answer', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await list.call('GET', `/api/tasks?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...page.body.tasks.map((task: { title: string }) => task.title))
      cursor = page.body.next_cursor
    }
    expect(seen).toEqual(['Archived four', 'Done three', 'Inbox one', 'Todo two'])
    expect((await list.call('GET', '/api/tasks')).body).not.toHaveProperty('next_cursor')
  })
})

describe('GET /api/tasks/:id', () => {
  test('finds a task by its key in any case and by its uuid', async () => {
    const key = await api.task({ title: 'Found' })
    const byKey = await api.call('GET', `/api/tasks/${key.toLowerCase()}`)
    const byUuid = await api.call('GET', `/api/tasks/${byKey.body.task.uuid.toUpperCase()}`)
    expect(byUuid.body).toEqual(byKey.body)
    expect(byKey.body.task.title).toBe('Found')
  })

  test.each([
    'PROJ-9999',
    'nope',
    '%00',
    '%ED%A0%80',
    '00000000-0000-4000-8000-000000000000',
    "1'--",
    'x'.repeat(300),
  ])('does not find %s', async (id) => {
    const answer = await api.call('GET', `/api/tasks/${id}`)
    expect([answer.status, answer.body]).toEqual([404, { error: 'Not found' }])
  })
})

describe('PATCH /api/tasks/:id', () => {
  test('changes only the given fields', async () => {
    const key = await api.task({ title: 'Old', labels: ['one'], engine: 'codex', description: 'Text' })
    const changed = await api.call('PATCH', `/api/tasks/${key}`, {
      body: {
        title: 'New',
        labels: ['two', 'one', 'Two'],
        priority: 'low',
        branch: 'mine',
        engine: 'gemini',
      },
    })
    expect(changed.status, changed.text).toBe(200)
    expect(changed.body.task).toMatchObject({
      title: 'New',
      labels: ['Two', 'one'],
      priority: 'low',
      branch: 'mine',
      engine: 'gemini-cli',
      description: 'Text',
      status: 'inbox',
    })
  })

  test('clears branch, engine and description with an empty string', async () => {
    const key = await api.task({ engine: 'codex', description: 'Text', branch: 'mine' })
    const changed = await api.call('PATCH', `/api/tasks/${key}`, {
      body: { branch: '', engine: '', description: '' },
    })
    expect(changed.body.task).toMatchObject({ branch: null, engine: null, description: null })
  })

  test('writes nothing if nothing changes', async () => {
    const key = await api.task({ title: 'Same', labels: ['one'], description: 'Text' })
    const before = await newestEventId(api.scope)
    api.clock.advance({ minutes: 1 })
    const changed = await api.call('PATCH', `/api/tasks/${key}`, {
      body: { title: 'Same', labels: ['ONE'], description: 'Text', status: 'inbox' },
    })
    expect(changed.status).toBe(200)
    expect(changed.body.task.updated_at).toBe(changed.body.task.created_at)
    expect(await newestEventId(api.scope)).toBe(before)
  })

  test('accepts the repository of the task’s project and refuses another', async () => {
    await createProject(api.ctx, { key: 'ELSE', name: 'Else', repoUrl: 'https://github.com/ada/else' })
    const key = await api.task()
    const own = await api.call('PATCH', `/api/tasks/${key}`, { body: { repo: 'ada/proj', title: 'Own' } })
    const other = await api.call('PATCH', `/api/tasks/${key}`, { body: { repo: 'ada/else', title: 'Other' } })
    const none = await api.call('PATCH', `/api/tasks/${key}`, { body: { repo: 'ada/none' } })
    expect([own.status, other.status, none.status]).toEqual([200, 400, 400])
    expect((await api.call('GET', `/api/tasks/${key}`)).body.task.title).toBe('Own')
  })

  test('refuses fields that the board assigns, and unknown tasks', async () => {
    const key = await api.task()
    const id = await api.call('PATCH', `/api/tasks/${key}`, { body: { id: 'PROJ-1' } })
    const gone = await api.call('PATCH', '/api/tasks/PROJ-99999', { body: { title: 'T' } })
    expect([id.status, gone.status, gone.body]).toEqual([400, 404, { error: 'Not found' }])
  })
})

describe('PATCH /api/tasks/:id/status', () => {
  const statuses = ['inbox', 'todo', 'hold', 'ready', 'done', 'archived']

  test.each(statuses.flatMap((from) => statuses.map((to) => [from, to])))(
    'moves %s to %s',
    async (from, to) => {
      const key = await api.task({ status: from })
      const moved = await api.call('PATCH', `/api/tasks/${key}/status`, { body: { status: to } })
      expect([moved.status, moved.body.task?.status]).toEqual([200, to])
    },
  )

  test('ends the run even if the status stays, and writes an event', async () => {
    const key = await api.task({ status: 'todo' })
    await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' } })
    const before = await newestEventId(api.scope)
    const moved = await api.call('PATCH', `/api/tasks/${key}/status`, {
      body: { status: 'todo', engine: 'codex' },
    })
    expect(moved.body.task).toMatchObject({ run_state: null, run_state_updated_at: null, engine: 'codex' })
    expect(await eventsSince(before)).toMatchObject([
      {
        eventType: 'TASK_UPDATED',
        payload: { changedFields: ['engine', 'run_state'], runState: { from: 'running', to: null } },
      },
      { eventType: 'WORKLOG_CREATED' },
    ])
  })

  test.each([{ status: 'todo', title: 'x' }, {}, { engine: 'codex' }, { status: 'nope' }])(
    'accepts only status and engine: %o',
    async (body) => {
      const key = await api.task()
      expect((await api.call('PATCH', `/api/tasks/${key}/status`, { body })).status).toBe(400)
    },
  )

  test('is 404 for an unknown task', async () => {
    const answer = await api.call('PATCH', '/api/tasks/PROJ-99999/status', { body: { status: 'todo' } })
    expect([answer.status, answer.body]).toEqual([404, { error: 'Not found' }])
  })
})

describe('DELETE /api/tasks/:id', () => {
  test('deletes a task once, and its key is never reused', async () => {
    const key = await api.task()
    const first = await api.call('DELETE', `/api/tasks/${key}`)
    const second = await api.call('DELETE', `/api/tasks/${key}`)
    expect([first.status, first.body, second.status]).toEqual([200, { ok: true }, 404])
    expect(await api.task()).not.toBe(key)
  })
})
