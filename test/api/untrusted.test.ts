import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
let key: string
beforeAll(async () => {
  api = await openApi()
  key = await api.task()
})
afterAll(() => api.close())

const raw = (body: string) => body.replaceAll('@', '\\u0000').replaceAll('~', '\\ud800')
const texts = ['title', 'description', 'branch', 'repo', 'planMarkdown', 'noteMarkdown']
const bodies = [
  ...texts.flatMap((field) => [`"${field}":"a@b"`, `"${field}":"a~b"`]),
  '"labels":["a@"]',
  '"labels":["~"]',
  '"acceptance_criteria":["@"]',
  '"projectKey":"@"',
  '"status":"@"',
  '"engine":"~"',
  '"result":{"summary":"@"}',
  '"result":{"pr_url":"~"}',
  '"result":{"checks":{"a":"@"}}',
  '"result":{"checks":{"~":"a"}}',
  '"lifecycle_action":"@"',
]

describe('a NUL byte or a lone surrogate', () => {
  test.each(bodies)('in {%s} of a PATCH is 400', async (body) => {
    const answer = await api.call('PATCH', `/api/tasks/${key}`, { body: `{${raw(body)}}` })
    expect([answer.status, typeof answer.body.error], answer.text).toEqual([400, 'string'])
  })

  test.each([
    '"title":"@"',
    '"title":"x","detail":"~"',
    '"title":"x","task":"@"',
    '"title":"x","project_key":"~"',
  ])('in {%s} of a work log is 400', async (body) => {
    const answer = await api.call('POST', '/api/work-logs', { body: `{${raw(body)}}` })
    expect([answer.status, typeof answer.body.error]).toEqual([400, 'string'])
  })

  test.each([
    '/api/tasks?q=%00',
    '/api/tasks?label=%00',
    '/api/tasks?cursor=%00',
    '/api/work-logs?task=%00',
    '/api/work-logs?cursor=%00',
    '/api/events?projectId=%00',
  ])('in the query %s is 400', async (path) => {
    expect((await api.call('GET', path)).status).toBe(400)
  })

  test('in a token is 401', async () => {
    const answer = await api.call('GET', '/api/tasks', { token: 'preq_%00' })
    expect(answer.status).toBe(401)
  })
})

describe('text with a meaning in SQL, HTML or JavaScript', () => {
  test.each([
    "'); drop table tasks; --",
    '<script>alert(1)</script>',
    '%s %d $x {{y}}',
    '\\\\\\"',
    '__proto__',
  ])('%s is returned unchanged', async (title) => {
    const made = await api.call('POST', '/api/tasks', {
      body: { title, projectKey: 'PROJ', description: title, labels: [title.slice(0, 40)] },
    })
    expect(made.body.task).toMatchObject({ title, description: title, labels: [title.slice(0, 40)] })
    expect((await api.call('GET', `/api/tasks?q=${encodeURIComponent(title)}`)).status).toBe(200)
  })

  test('a key called __proto__ changes nothing', async () => {
    const answer = await api.call('PATCH', `/api/tasks/${key}`, {
      body: '{"__proto__":{"title":"x"},"priority":"low"}',
    })
    expect([answer.status, answer.body.task.title]).toEqual([200, 'A task'])
  })

  test('JSON nested 100,000 deep is refused', async () => {
    const body = `{"title":"x","projectKey":"PROJ","result":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect((await api.call('PATCH', `/api/tasks/${key}`, { body })).status).toBe(400)
  })
})
