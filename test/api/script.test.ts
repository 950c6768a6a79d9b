import { EventEmitter, once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { createPureWakeup, openApi, type TestApi } from '../support/api.ts'
import { listen } from '../support/listen.ts'

let api: TestApi
let server: Awaited<ReturnType<typeof listen>>
/** Reports when a request starts to wait, and the signal that ends the wait. */
const waits = new EventEmitter()
beforeAll(async () => {
  const wakeup = createPureWakeup()
  api = await openApi({
    wakeup: {
      trigger: wakeup.trigger,
      wait: (limit, signal) => {
        waits.emit('wait', signal)
        return wakeup.wait(limit, signal)
      },
    },
  })
  server = await listen(api)
})
afterAll(async () => {
  await server.close()
  await api.close()
})

/** Reads only the JSON body, like `curl -s … | jq`. */
async function curl(method: string, path: string, body?: unknown) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${api.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return JSON.parse(await response.text())
}

describe('a helper that reads only bodies', () => {
  test('lists, creates, plans, starts, completes, blocks, reviews, resolves the branch and deletes', async () => {
    const byKey = (await curl('POST', '/api/tasks', { title: 'One', projectKey: 'PROJ' })).task
    const byRepo = (await curl('POST', '/api/tasks', { title: 'Two', repo: 'ada/proj', engine: 'claude' }))
      .task
    const id = byKey.id
    const at = `/api/tasks/${id}`
    expect([byRepo.repo, byRepo.engine]).toEqual(['https://github.com/ada/proj', 'claude-code'])

    const listed = (await curl('GET', '/api/tasks?status=inbox')).tasks.map((task: { id: string }) => task.id)
    expect(listed).toEqual([id, byRepo.id])
    const planned = await curl('PATCH', at, {
      lifecycle_action: 'plan',
      planMarkdown: 'First this, then that.',
      acceptance_criteria: ['it works'],
      engine: 'codex',
    })
    expect(planned.task).toMatchObject({ status: 'todo', acceptance_criteria: ['it works'], engine: null })
    const started = await curl('PATCH', at, { lifecycle_action: 'start', engine: 'codex' })
    expect(started.task).toMatchObject({ status: 'todo', run_state: 'working' })
    const blocked = await curl('PATCH', at, {
      lifecycle_action: 'block',
      result: { reason: 'No key', blocked_at: '2026-11-24T09:00:00Z', engine: 'codex' },
      engine: 'codex',
    })
    expect(blocked.task).toMatchObject({ status: 'hold', run_state: null })
    expect(blocked.task.latest_preq_result.blocked_reason).toBe('No key')
    const completed = await curl('PATCH', at, {
      lifecycle_action: 'complete',
      result: {
        summary: 'Done',
        tests: '',
        pr_url: '',
        notes: '',
        completed_at: '2026-11-24T09:00:00Z',
        branch: 'mine',
        engine: 'codex',
      },
      branch: 'mine',
      engine: 'codex',
    })
    expect(completed.task).toMatchObject({ status: 'ready', branch: 'mine' })
    expect((await curl('GET', at)).task.branch).toBe('mine')
    const reviewed = await curl('PATCH', at, {
      lifecycle_action: 'review',
      result: { summary: 'All checks passed', checks: { tests: 'pass' } },
    })
    expect(reviewed.task.status).toBe('done')
    expect((await curl('PATCH', `${at}/status`, { status: 'archived' })).task.status).toBe('archived')
    expect(await curl('DELETE', at)).toEqual({ ok: true })
    expect(await curl('GET', at)).toEqual({ error: 'Not found' })
  })

  test('always finds the reason of a refusal under error', async () => {
    const key = await api.task()
    for (const answer of [
      await curl('PATCH', `/api/tasks/${key}`, { lifecycle_action: 'review' }),
      await curl('POST', '/api/tasks', { title: '' }),
      await curl('GET', '/api/tasks?status=nope'),
      await curl('GET', '/api/nothing'),
      await curl('PUT', '/api/tasks', {}),
    ]) {
      expect(typeof answer.error).toBe('string')
    }
  })
})

describe('over a real port', () => {
  test('a waiting claim gets a task queued later on a wakeup', async () => {
    const key = await api.task({ status: 'todo' })
    const isWaiting = once(waits, 'wait')
    const waiting = curl('POST', '/api/tasks/claim', { wait: 30, next: true })
    await isWaiting
    await editTask(api.ctx, key, { runState: 'queued' })
    api.deps.wakeup.trigger()
    expect((await waiting).task.id).toBe(key)
  })

  test('a client that disconnects while it waits gets no task', async () => {
    const key = await api.task({ status: 'todo' })
    const { hostname, port } = new URL(server.url)
    const isWaiting = once(waits, 'wait')
    const waiting = request({
      hostname,
      port,
      method: 'POST',
      path: '/api/tasks/claim',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
    })
    waiting.on('error', () => {})
    waiting.end('{"wait":55,"next":true}')
    const [signal] = await isWaiting
    waiting.destroy()
    await once(signal, 'abort')
    await editTask(api.ctx, key, { runState: 'queued' })
    api.deps.wakeup.trigger()
    expect((await curl('GET', `/api/tasks/${key}`)).task.run_state).toBe('queued')
    expect((await curl('POST', '/api/tasks/claim', { next: true })).task.id).toBe(key)
  })

  test('a claim that finds a task while the process stops hands nothing out', async () => {
    const key = await api.task({ status: 'todo' })
    await editTask(api.ctx, key, { runState: 'queued' })
    const stopping = new AbortController()
    const { call } = api.another({
      signal: stopping.signal,
      wakeup: {
        trigger: () => {},
        wait: async () => stopping.abort(),
      },
    })
    expect((await call('POST', '/api/tasks/claim', { body: { wait: 5, next: true } })).status).toBe(204)
    expect((await curl('GET', `/api/tasks/${key}`)).task.run_state).toBe('queued')
    expect((await curl('POST', '/api/tasks/claim', { next: true })).task.id).toBe(key)
  })

  test('a body of 2 MB is refused', async () => {
    const response = await fetch(`${server.url}/api/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'x'.repeat(2_000_000) }),
    })
    expect([response.status, await response.json()]).toEqual([413, { error: 'Payload too large' }])
  })
})
