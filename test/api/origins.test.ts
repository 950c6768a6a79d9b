import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
let call: TestApi['call']
beforeAll(async () => {
  api = await openApi()
  ;({ call } = api.another({
    config: { rateLimit: 1_000, trustProxy: [], publicUrl: 'https://board.example.com/base' },
  }))
})
afterAll(() => api.close())

const ask = async (origin: string | undefined) => {
  const headers = {
    accept: 'application/json, text/event-stream',
    ...(origin === undefined ? {} : { origin }),
  }
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
  return call('POST', '/mcp', { headers, body })
}

describe('the Origin of an MCP request', () => {
  test.each([
    undefined,
    'https://board.example.com',
    'http://localhost:6274',
    'http://app.localhost:6274',
    'http://127.0.0.1:3000',
    'http://127.8.9.1',
    'http://[::1]:3000',
  ])('%s is served', async (origin) => {
    expect((await ask(origin)).status).toBe(200)
  })

  test.each([
    'https://evil.example',
    'http://board.example.com',
    'https://board.example.com:8443',
    'https://board.example.com.evil.example',
    'http://localhost.evil.example',
    'http://evil.example/localhost',
    'http://127.0.0.1.evil.example',
    'chrome-extension://localhost',
    'null',
    '',
  ])('%s is refused even with a valid token', async (origin) => {
    const answer = await ask(origin)

    expect([answer.status, answer.body]).toEqual([403, { error: 'This Origin is not allowed' }])
  })
})

describe('a body', () => {
  const send = async (path: string, method: string, body: Uint8Array) => {
    const headers = {
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    }
    const response = await api.app.request(path, { method, headers, body })
    return [response.status, await response.json()]
  }
  const latin1 = (text: string) => Buffer.from(text, 'latin1')

  test('that is not UTF-8 is refused by every endpoint with a body', async () => {
    const key = await api.task({ title: 'Before' })
    const body = latin1('{"title":"Grüße","projectKey":"PROJ"}')
    const refused = [400, { error: 'Invalid UTF-8: send the body as UTF-8' }]

    expect(await send('/api/tasks', 'POST', body)).toEqual(refused)
    expect(await send(`/api/tasks/${key}`, 'PATCH', body)).toEqual(refused)
    expect(await send('/api/work-logs', 'POST', body)).toEqual(refused)
    expect(await send('/mcp', 'POST', body)).toEqual(refused)
    expect((await api.call('GET', `/api/tasks/${key}`)).body.task.title).toBe('Before')
  })

  test('with U+FFFD and every script in UTF-8 is stored unchanged', async () => {
    const title = 'Grüße \ufffd 한글 🔥'

    const made = await api.call('POST', '/api/tasks', { body: { title, projectKey: 'PROJ' } })

    expect([made.status, made.body.task.title]).toEqual([201, title])
  })
})
