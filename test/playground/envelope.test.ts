import { expect, test } from 'vitest'
import { openTestPlayground } from './bot-api.ts'

const json = 'application/json'

test.each([
  ['a query', '?chat_id=1001&text=Hi%20there', undefined, json],
  ['a form', '', 'chat_id=1001&text=Hi+there', 'application/x-www-form-urlencoded'],
  ['JSON', '', '{"chat_id":1001,"text":"Hi there"}', json],
  ['JSON with a numeric string', '', '{"chat_id":"1001","text":"Hi there"}', json],
])('accepts parameters from %s', async (_, query, body, type) => {
  const { url, token, world } = await openTestPlayground()
  const post = { method: 'POST', ...(body === undefined ? {} : { body, headers: { 'content-type': type } }) }

  const response = await fetch(`${url}/bot${token}/SENDmessage${query}`, post)

  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ ok: true, result: { text: 'Hi there', chat: { id: 1001 } } })
  expect(world.violations).toEqual([])
})

test('reads JSON, numbers and booleans out of the fields of a form', async () => {
  const { url, token } = await openTestPlayground()
  const form = new FormData()
  form.set('chat_id', '1001')
  form.set('text', '<b>Hi</b>')
  form.set('parse_mode', 'HTML')
  form.set('protect_content', 'true')
  form.set('reply_markup', '{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}')

  const response = await fetch(`${url}/bot${token}/sendMessage`, { method: 'POST', body: form })

  expect(await response.json()).toMatchObject({
    ok: true,
    result: {
      text: 'Hi',
      entities: [{ type: 'bold', offset: 0, length: 2 }],
      has_protected_content: true,
      reply_markup: { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] },
    },
  })
})

test.each([
  ['another token', '/bot2000:playground/getMe', 401, 'Unauthorized'],
  ['the token of every playground before', '/bot1000:playground/getMe', 401, 'Unauthorized'],
  ['a malformed token', '/botx/getMe', 401, 'Unauthorized: invalid token specified'],
  ['a method that does not exist', '/botTOKEN/sendEverything', 404, 'Not Found: method not found'],
  ['a path that does not exist', '/botTOKEN/a/b', 404, 'Not Found'],
  ['a path without a token', '/sendMessage', 404, 'Not Found'],
  ['a file that does not exist', '/file/botTOKEN/photos/1.jpg', 404, 'Not Found'],
])('refuses %s', async (_, path, status, description) => {
  const { url, token } = await openTestPlayground()

  const response = await fetch(`${url}${path.replace('TOKEN', token)}`)

  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({ ok: false, error_code: status, description })
})

test.each([
  ['broken JSON', '{', 'application/json', "Bad Request: can't parse JSON request body"],
  ['JSON that is no object', '[]', 'application/json', "Bad Request: can't parse JSON request body"],
  [
    'a form without a boundary',
    'x',
    'multipart/form-data',
    "Bad Request: can't parse multipart request body",
  ],
])('refuses %s', async (_, body, type, description) => {
  const { url, token } = await openTestPlayground()

  const response = await fetch(`${url}/bot${token}/sendMessage`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })

  expect(await response.json()).toEqual({ ok: false, error_code: 400, description })
})

test.each([
  ['a foreign Origin', ['origin', 'http://evil.example']],
  ['another port of this machine', ['origin', 'http://localhost:1']],
  ['a page of another site', ['sec-fetch-site', 'cross-site']],
] as const)('refuses a call that a browser makes for %s', async (_, [name, value]) => {
  const { url, token, world } = await openTestPlayground()

  const response = await fetch(`${url}/bot${token}/sendMessage?chat_id=1001&text=x`, {
    method: 'POST',
    headers: { [name]: value },
  })

  expect(response.status).toBe(403)
  expect(world.calls).toEqual([])
})

test.each(['setWebhook?url=https://evil.example', 'SENDMESSAGE?chat_id=1001&text=x', 'getUpdates', 'logOut'])(
  'a link can change nothing: %s needs POST',
  async (path) => {
    const { url, token, world } = await openTestPlayground()

    const response = await fetch(`${url}/bot${token}/${path}`)

    expect(response.status).toBe(405)
    expect(await response.json()).toMatchObject({
      ok: false,
      description: expect.stringContaining('needs POST'),
    })
    expect([world.calls, world.webhook.settings]).toEqual([[], null])
  },
)

test('each playground has its own token', async () => {
  const [one, other] = [await openTestPlayground(), await openTestPlayground()]

  expect(one.token).toMatch(/^1000:[\w-]{32}$/)
  expect(one.token).not.toBe(other.token)
})

test('also sends retry_after as a header', async () => {
  const { url, token, world } = await openTestPlayground()
  world.faults.add({ kind: '429', retryAfter: 7 })

  const response = await fetch(`${url}/bot${token}/getMe`)

  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('7')
  expect(await response.json()).toEqual({
    ok: false,
    error_code: 429,
    description: 'Too Many Requests: retry after 7',
    parameters: { retry_after: 7 },
  })
})

test('refuses and records schema violations', async () => {
  const { call, chatId, world } = await openTestPlayground()

  const reply = await call('sendMessage', { chat_id: chatId, text: 'x', disable_web_page_preview: true })

  expect(reply.status).toBe(400)
  expect(reply.description).toContain('disable_web_page_preview')
  expect(world.violations).toEqual([
    { kind: 'schema', method: 'sendMessage', detail: expect.stringContaining('disable_web_page_preview') },
  ])
  expect(world.rooms.get(chatId)?.posts.size).toBe(0)
})

test('keeps a log of the calls and their results', async () => {
  const { call, chatId, world } = await openTestPlayground()

  await call('sendMessage', { chat_id: chatId, text: 'x' })
  await call('sendMessage', { chat_id: 5, text: 'x' })

  expect(world.calls).toMatchObject([
    { method: 'sendMessage', params: { text: 'x' }, ok: true, result: { text: 'x' } },
    { method: 'sendMessage', ok: false, error: { code: 400, description: 'Bad Request: chat not found' } },
  ])
})
