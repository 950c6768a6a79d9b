import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { newestEventId, readEvents } from '../../src/domain/core/outbox.ts'
import { setProjectSettings } from '../../src/domain/projects/settings.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const act = (key: string, lifecycle_action: string, more: object = {}) =>
  api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action, ...more } })

const statuses = ['inbox', 'todo', 'hold', 'ready', 'done', 'archived'] as const
const reads = {
  start: 'inbox, todo, hold, or ready',
  plan: 'inbox, todo, or hold',
  complete: 'todo or hold',
  review: 'ready',
  block: 'inbox, todo, hold, or ready',
} as const
const leads = {
  start: { inbox: 'inbox', todo: 'todo', hold: 'hold', ready: 'ready' },
  plan: { inbox: 'todo', todo: 'todo', hold: 'hold' },
  complete: { todo: 'ready', hold: 'ready' },
  review: { ready: 'done' },
  block: { inbox: 'hold', todo: 'hold', hold: 'hold', ready: 'hold' },
} as Record<keyof typeof reads, Partial<Record<(typeof statuses)[number], string>>>
const table = (Object.keys(reads) as (keyof typeof reads)[]).flatMap((action) =>
  statuses.map((from) => ({ action, from, to: leads[action][from] })),
)

describe('the lifecycle', () => {
  test.each(table.filter((row) => row.to !== undefined))(
    '$action takes $from to $to',
    async ({ action, from, to }) => {
      const key = await api.task({ status: from })
      await editTask(api.ctx, key, { runState: 'queued' })
      const answer = await act(key, action, action === 'plan' ? { planMarkdown: 'A plan' } : {})
      expect(answer.status, answer.text).toBe(200)
      expect(answer.body.task).toMatchObject({ status: to, run_state: action === 'start' ? 'working' : null })
      expect(answer.body.task.run_state_updated_at).toBe(
        action === 'start' ? '2026-11-24T09:00:00.000Z' : null,
      )
    },
  )

  test.each(table.filter((row) => row.to === undefined))(
    '$action from $from is a conflict that changes nothing',
    async ({ action, from }) => {
      const key = await api.task({ status: from })
      const before = await newestEventId(api.scope)
      const answer = await act(key, action, { planMarkdown: 'A plan', title: 'Changed' })
      expect([answer.status, answer.body]).toEqual([
        409,
        { error: `PREQ lifecycle action "${action}" requires ${reads[action]}. Current status: ${from}.` },
      ])
      expect(await newestEventId(api.scope)).toBe(before)
    },
  )

  test.each([{}, { planMarkdown: '' }, { planMarkdown: ' \n ' }])(
    'a plan must not be blank: %o',
    async (plan) => {
      const key = await api.task()
      const answer = await act(key, 'plan', plan)
      expect([answer.status, typeof answer.body.error]).toEqual([400, 'string'])
    },
  )

  test('refuses an action that does not exist', async () => {
    expect((await act(await api.task(), 'finish')).status).toBe(400)
  })

  test('a status applies next to an action that sets none, and is ignored next to one that does', async () => {
    const started = await act(await api.task({ status: 'inbox' }), 'start', { status: 'todo' })
    const planned = await act(await api.task({ status: 'todo' }), 'plan', {
      status: 'hold',
      planMarkdown: 'Plan',
    })
    const done = await act(await api.task({ status: 'todo' }), 'complete', { status: 'archived' })
    expect(
      [started, planned, done].map((answer) => [answer.body.task.status, answer.body.task.run_state]),
    ).toEqual([
      ['todo', 'working'],
      ['hold', null],
      ['ready', null],
    ])
  })

  test('a plan without an action moves only an inbox task to todo', async () => {
    const inbox = await api.call('PATCH', `/api/tasks/${await api.task()}`, {
      body: { planMarkdown: 'Plan' },
    })
    const blank = await api.call('PATCH', `/api/tasks/${await api.task()}`, { body: { planMarkdown: ' ' } })
    const hold = await api.call('PATCH', `/api/tasks/${await api.task({ status: 'hold' })}`, {
      body: { planMarkdown: 'Plan' },
    })
    expect([inbox, blank, hold].map((answer) => answer.body.task.status)).toEqual(['todo', 'inbox', 'hold'])
  })

  test('a second start by the same token is a heartbeat; another token’s is refused with the holder and the time', async () => {
    const key = await api.task({ status: 'todo' })
    await act(key, 'start')
    api.clock.advance({ minutes: 5 })
    const again = await act(key, 'start')
    const since = again.body.task.run_state_updated_at
    expect(since).toBe(api.clock.now().toISOString())
    const { token } = await createToken(api.ctx, { name: 'server' })
    const other = await api.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'start' }, token })
    expect(other.status).toBe(409)
    expect(other.body.error).toMatch(/^laptop has been working on PROJ-\d+ since 2026-11-24T09:0\d:00.000Z/)
  })

  test('a change of status ends the run, in one event', async () => {
    const key = await api.task({ status: 'todo' })
    await act(key, 'start')
    const before = await newestEventId(api.scope)
    await act(key, 'complete')
    const events = await readEvents(api.scope, { after: before, limit: 10 })
    expect(events).toMatchObject([
      { eventType: 'TASK_STATUS_CHANGED', payload: { from: 'todo', to: 'ready', actor: 'agent:laptop' } },
      {
        eventType: 'TASK_UPDATED',
        payload: { changedFields: ['run_state'], runState: { from: 'running', to: null } },
      },
      { eventType: 'WORKLOG_CREATED', payload: { kind: 'status' } },
    ])
  })
})

describe('a project that requires a pull request', () => {
  let strict: TestApi
  beforeAll(async () => {
    strict = await openApi()
    await setProjectSettings(strict.ctx, 'PROJ', {
      deploy_strategy: 'feature_branch',
      deploy_auto_pr: 'true',
    })
  })
  afterAll(() => strict.close())
  const complete = (key: string, body: object) =>
    strict.call('PATCH', `/api/tasks/${key}`, { body: { lifecycle_action: 'complete', ...body } })

  test.each([
    [{ branch: '', result: { summary: 's' } }, ['feature branch name', 'pull request URL']],
    [{ branch: '', result: { pr_url: 'https://x.test/1' } }, ['feature branch name']],
    [{ branch: 'mine', result: { pr_url: ' ' } }, ['pull request URL']],
    [{}, ['pull request URL']],
  ])('refuses %o and names what is missing', async (body, missing) => {
    const answer = await complete(await strict.task({ status: 'todo' }), body)
    expect(answer.status).toBe(409)
    expect(answer.body.error).toContain('feature_branch + auto_pr + commit_on_review')
    for (const part of ['feature branch name', 'pull request URL']) {
      expect(answer.body.error.includes(part)).toBe(missing.includes(part))
    }
  })

  test.each(['pr_url', 'prUrl'])('accepts a branch and result.%s', async (name) => {
    const key = await strict.task({ status: 'todo' })
    const answer = await complete(key, { branch: 'mine', result: { [name]: 'https://x.test/1' } })
    expect(answer.body.task?.status, answer.text).toBe('ready')
  })

  test('also refuses the plain move to ready until a result has named a pull request', async () => {
    const key = await strict.task({ status: 'todo' })
    const move = () => strict.call('PATCH', `/api/tasks/${key}/status`, { body: { status: 'ready' } })
    expect((await move()).status).toBe(409)
    await strict.call('PATCH', `/api/tasks/${key}`, { body: { result: { pr_url: 'https://x.test/1' } } })
    expect((await move()).status).toBe(200)
  })

  test('shows agents how work is to be delivered', async () => {
    const { body } = await strict.call('GET', `/api/tasks/${await strict.task()}`)
    expect(body.task.deploy_strategy).toEqual({
      strategy: 'feature_branch',
      default_branch: 'main',
      auto_pr: true,
      commit_on_review: true,
      squash_merge: true,
    })
  })
})
