import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

describe('an unsupported request', () => {
  test.each([
    ['GET', '/api'],
    ['GET', '/api/none'],
    ['POST', '/api/tasks/PROJ-1/none'],
    ['GET', '/api/projects/PROJ'],
    ['GET', '/api/tasks/'],
  ])('%s %s is 404 in JSON, with and without a token', async (method, path) => {
    for (const token of [null, undefined]) {
      const answer = await api.call(method, path, token === null ? { token } : {})
      expect([answer.status, answer.body]).toEqual([404, { error: 'Not found' }])
    }
  })

  test.each([
    ['PUT', '/api/tasks', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/api/tasks/PROJ-1', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['GET', '/api/tasks/PROJ-1/status', 'OPTIONS, PATCH'],
    ['GET', '/api/tasks/claim', 'OPTIONS, POST'],
    ['DELETE', '/api/projects', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/api/projects/PROJ/settings', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/events', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/api/work-logs', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/api/health', 'GET, HEAD, OPTIONS'],
    ['GET', '/mcp', 'OPTIONS, POST'],
    ['DELETE', '/mcp', 'OPTIONS, POST'],
    ['PROPFIND', '/api/tasks', 'GET, HEAD, OPTIONS, POST'],
  ])('%s %s is 405 and lists the allowed methods', async (method, path, allow) => {
    const answer = await api.call(method, path)
    expect([answer.status, answer.body, answer.headers.get('allow')]).toEqual([
      405,
      { error: 'Method not allowed' },
      allow,
    ])
  })

  test('with OPTIONS lists the allowed methods', async () => {
    const answer = await api.call('OPTIONS', '/api/tasks', { token: null })
    expect([answer.status, answer.text, answer.headers.get('allow')]).toEqual([
      204,
      '',
      'GET, HEAD, OPTIONS, POST',
    ])
  })

  test('with HEAD is answered like GET without the body', async () => {
    const answer = await api.call('HEAD', '/api/tasks')
    expect([answer.status, answer.text]).toEqual([200, ''])
  })
})

describe('bodies', () => {
  const wanting = [
    ['POST', '/api/tasks'],
    ['PATCH', '/api/tasks/PROJ-1'],
    ['PATCH', '/api/tasks/PROJ-1/status'],
    ['POST', '/api/tasks/claim'],
    ['POST', '/api/work-logs'],
    ['POST', '/mcp'],
  ] as const

  test.each(wanting)('%s %s rejects invalid JSON', async (method, path) => {
    for (const body of ['{"title":', '', 'title=x', '{"a":1}}', '\ufeff{}x']) {
      const answer = await api.call(method, path, { body })
      expect([answer.status, answer.body]).toEqual([400, { error: 'Invalid JSON' }])
    }
  })

  test.each(wanting)('%s %s rejects JSON of another shape', async (method, path) => {
    for (const body of ['null', '[]', '"text"', '5', 'true', '[[[[]]]]']) {
      const answer = await api.call(method, path, { body })
      expect(answer.status, body).toBe(400)
      // JSON-RPC has its own error format.
      if (path !== '/mcp') expect(answer.body.error).toBe('Invalid payload')
    }
  })

  test.each(wanting)('%s %s rejects other media types', async (method, path) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await api.call(method, path, {
        body: '{"title":"x"}',
        headers: { 'content-type': type },
      })
      expect([answer.status, typeof answer.body.error]).toEqual([415, 'string'])
    }
  })

  test.each(wanting)('%s %s rejects more than 1 MB, declared or not', async (method, path) => {
    const body = JSON.stringify({ title: 'x'.repeat(2_000_000) })
    const declared = await api.call(method, path, {
      body,
      headers: { 'content-length': String(body.length) },
    })
    const streamed = await api.app.request(path, {
      method,
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect([declared.status, declared.body]).toEqual([413, { error: 'Payload too large' }])
    expect([streamed.status, await streamed.json()]).toEqual([413, { error: 'Payload too large' }])
  })

  test.each([
    [999_999, 400],
    [1_000_000, 400],
    [1_000_001, 413],
  ])('of %d bytes are answered with %d, declared or not', async (length, status) => {
    const body = JSON.stringify({ title: 'x'.repeat(length - '{"title":""}'.length) })
    const declared = await api.call('POST', '/api/tasks', {
      body,
      headers: { 'content-length': String(body.length) },
    })
    const streamed = await api.app.request('/api/tasks', {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect([body.length, declared.status, streamed.status]).toEqual([length, status, status])
  })

  test('accept a charset and unusual case in the media type', async () => {
    const answer = await api.call('POST', '/api/tasks', {
      body: { title: 'x', projectKey: 'PROJ' },
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    })
    expect(answer.status).toBe(201)
  })
})

describe('every answer', () => {
  test('has an ID, no-store and the security headers', async () => {
    for (const [method, path, status] of [
      ['GET', '/api/tasks', 200],
      ['GET', '/api/none', 404],
      ['PUT', '/api/tasks', 405],
    ] as const) {
      const { headers, status: got } = await api.call(method, path)
      expect(got).toBe(status)
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  test('keeps a proxy’s request ID if it is valid', async () => {
    const kept = await api.call('GET', '/api/health', { headers: { 'x-request-id': 'edge-42' } })
    const made = await api.call('GET', '/api/health', { headers: { 'x-request-id': 'a b<c>' } })
    expect(kept.headers.get('x-request-id')).toBe('edge-42')
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('failures', () => {
  test('of ours are neutral outside, and logged with their ID', async () => {
    const broken = api.another({
      health: async () => {
        throw new Error('a secret detail')
      },
    })
    const answer = await broken.call('GET', '/api/health')
    const requestId = answer.headers.get('x-request-id')
    expect([answer.status, answer.body]).toEqual([
      500,
      { error: 'Internal server error', request_id: requestId },
    ])
    expect(api.logged.at(-1)).toMatchObject({ requestId, message: 'request failed' })
  })

  test('of the database are a 503 with a retry time', async () => {
    const broken = api.another({
      health: async () => {
        throw new Error('query failed', { cause: Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }) })
      },
    })
    const answer = await broken.call('GET', '/api/health')
    expect([answer.status, answer.headers.get('retry-after'), typeof answer.body.error]).toEqual([
      503,
      '5',
      'string',
    ])
  })
})

describe('GET /api/health', () => {
  test('needs no token and lists its checks', async () => {
    const answer = await api.call('GET', '/api/health', { token: null })
    expect([answer.status, answer.body]).toEqual([
      200,
      { ok: true, service: 'preqstation', checks: { database: { ok: true } } },
    ])
  })

  test('is a 503 if something is down', async () => {
    const down = api.another({ health: async () => ({ ok: false, checks: { telegram: { ok: false } } }) })
    const answer = await down.call('GET', '/api/health', { token: null })
    expect([answer.status, answer.body.ok]).toEqual([503, false])
  })
})
