import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import { newestEventId } from '../../src/domain/core/outbox.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { countTasks } from '../../src/domain/tasks/lists/list.ts'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const create = (key: string, title = 'Once', target: Pick<TestApi, 'call'> = api, more = {}) =>
  target.call('POST', '/api/tasks', {
    body: { title, projectKey: 'PROJ' },
    headers: { 'idempotency-key': key },
    ...more,
  })
const count = () => countTasks(api.scope, {})

describe('a POST sent twice with one Idempotency-Key', () => {
  test('creates one task and gives the same answer', async () => {
    const before = await count()
    const first = await create('one')
    const second = await create('one')
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(await count()).toBe(before + 1)
  })

  test('creates one task even if ten requests arrive at once', async () => {
    const before = await count()
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('at-once')))
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect(await count()).toBe(before + 1)
  })

  test('gives the first answer even after a restart and a change of the task', async () => {
    const first = await create('restart')
    await api.call('PATCH', `/api/tasks/${first.body.task.id}`, { body: { title: 'Changed' } })
    const second = await create('restart', 'Once', api.another())
    expect(second.body).toEqual(first.body)
  })

  test('is another request if the body, the path or the token differs', async () => {
    const { token } = await createToken(api.ctx, { name: 'other' })
    const first = await create('shared')
    const other = await create('shared', 'Twice')
    const path = await api.call('POST', '/api/work-logs', {
      body: { title: 'Once', project_key: 'PROJ' },
      headers: { 'idempotency-key': 'shared' },
    })
    const own = await create('shared', 'Once', api, { token })
    expect([other.status, path.status, own.status]).toEqual([409, 409, 201])
    expect(other.body.error).toMatch(/Idempotency-Key/)
    expect(own.body.task.id).not.toBe(first.body.task.id)
  })

  test('is a new request after 24 hours', async () => {
    const first = await create('daily')
    api.clock.advance({ hours: 23, minutes: 59 })
    const same = await create('daily')
    api.clock.advance({ minutes: 2 })
    const next = await create('daily', 'Another day')
    expect(same.body).toEqual(first.body)
    expect([next.status, next.body.task.title]).toEqual([201, 'Another day'])
  })

  test.each(['', 'x'.repeat(201), 'two words', 'ümlaut'])('refuses the key "%s"', async (key) => {
    const headers = new Headers()
    headers.set('idempotency-key', encodeURI(key) === key ? key : key.replace('ü', '\u00fc'))
    const answer = await create('', 'T', api, { headers: Object.fromEntries(headers) })
    expect([answer.status, typeof answer.body.error]).toEqual([400, 'string'])
  })
})

describe('a PATCH sent twice with one Idempotency-Key', () => {
  test('writes one result', async () => {
    const key = await api.task({ status: 'todo' })
    const complete = () =>
      api.call('PATCH', `/api/tasks/${key}`, {
        body: { lifecycle_action: 'complete', result: { summary: 'Done.' } },
        headers: { 'idempotency-key': `complete-${key}` },
      })
    const first = await complete()
    const after = await newestEventId(api.scope)
    const second = await complete()
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).toEqual(first.body)
    expect(await newestEventId(api.scope)).toBe(after)
  })

  test('repeats a refusal even if the request would succeed by now', async () => {
    const key = await api.task()
    const complete = () =>
      api.call('PATCH', `/api/tasks/${key}`, {
        body: { lifecycle_action: 'complete' },
        headers: { 'idempotency-key': `early-${key}` },
      })
    const first = await complete()
    await api.call('PATCH', `/api/tasks/${key}/status`, { body: { status: 'todo' } })
    const second = await complete()
    expect([first.status, second.status]).toEqual([409, 409])
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
  })

  test('is stored even if nothing changed', async () => {
    const key = await api.task({ title: 'Same' })
    const same = () =>
      api.call('PATCH', `/api/tasks/${key}`, { body: { title: 'Same' }, headers: { 'idempotency-key': key } })
    await same()
    expect((await same()).headers.get('idempotency-replayed')).toBe('true')
  })
})

describe('a claim sent twice with one Idempotency-Key', () => {
  test('gets the same task, not the next one', async () => {
    for (let time = 0; time < 2; time += 1) {
      await editTask(api.ctx, await api.task({ status: 'todo' }), { runState: 'queued' })
    }
    const claim = () =>
      api.call('POST', '/api/tasks/claim', { body: { wait: 5 }, headers: { 'idempotency-key': 'claim' } })
    const [first, second] = await Promise.all([claim(), claim()])
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).toEqual(first.body)
  })

  test('that found nothing gives the same answer again', async () => {
    await api.call('POST', '/api/tasks/claim', { body: { project_key: 'PROJ' } })
    const claim = () =>
      api.call('POST', '/api/tasks/claim', {
        body: { label: 'none', next: true },
        headers: { 'idempotency-key': 'none' },
      })
    const [first, second] = [await claim(), await claim()]
    expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([
      204,
      204,
      'true',
    ])
  })
})
