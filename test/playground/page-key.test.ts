import type { Hono } from 'hono'
import { beforeEach, describe, expect, test } from 'vitest'
import { clientRoutes } from '../../src/playground/server/page-api.ts'
import type { PageKey } from '../../src/playground/server/page-key.ts'
import { createWorld, type World } from '../../src/playground/world/world.ts'

const key = 'key-of-the-printed-link'
const host = 'localhost:3000'

interface Visit {
  readonly from?: string
  readonly headers?: Readonly<Record<string, string>>
}

let world: World
let app: Hono
const begin = (pageKey: Partial<PageKey> = {}) => {
  world = createWorld()
  app = clientRoutes(world, {
    pageKey: { key, opensBare: true, isHttps: false, ...pageKey },
    allowedHosts: ['board.example'],
  })
}
beforeEach(() => begin())

const get = (path: string, { from = '127.0.0.1', headers = {} }: Visit = {}) =>
  app.request(
    `http://${host}${path}`,
    { headers: { host, ...headers } },
    {
      incoming: { socket: { remoteAddress: from } },
    },
  )
const cookieOf = (response: Response) => response.headers.get('set-cookie')
const sendText = (headers: Readonly<Record<string, string>>) =>
  app.request(`http://${host}/client/send-text`, {
    method: 'POST',
    headers: { host, origin: `http://${host}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ text: 'hello' }),
  })

describe('the printed link', () => {
  test('sets a cookie that no script or other site gets, and its key disappears from the URL', async () => {
    begin({ opensBare: false })

    const response = await get(`/?key=${key}&start=t_1`, { from: '192.0.2.7' })

    expect([response.status, response.headers.get('location')]).toEqual([303, '/?start=t_1'])
    expect(cookieOf(response)).toBe(`playground-3000=${key}; Path=/; HttpOnly; SameSite=Strict`)
  })

  test('with a wrong key sets no cookie', async () => {
    begin({ opensBare: false })

    for (const wrong of ['', 'key', `${key}x`]) expect(cookieOf(await get(`/?key=${wrong}`))).toBeNull()
  })

  test('of an HTTPS URL sets a cookie for HTTPS only', async () => {
    begin({ isHttps: true })

    expect(cookieOf(await get(`/?key=${key}`))).toContain('Secure')
  })
})

describe('the plain URL', () => {
  test.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])(
    'opens for a browser on this machine (%s)',
    async (from) => {
      expect(cookieOf(await get('/', { from }))).toContain(`playground-3000=${key}`)
    },
  )

  test.each<[string, Visit]>([
    ['another machine', { from: '192.168.1.7' }],
    ['another machine over IPv6', { from: '2001:db8::7' }],
    ['a connection without an address', { from: '' }],
    ['the public name', { headers: { host: 'board.example' } }],
    ['a proxy or tunnel', { headers: { 'x-forwarded-for': '192.0.2.7' } }],
    ['a proxy that says so by the standard', { headers: { forwarded: 'for=192.0.2.7' } }],
  ])('sets no cookie for %s', async (_who, visit) => {
    const response = await get('/', visit)

    expect([response.status, cookieOf(response)]).toEqual([200, null])
  })

  test('sets no cookie if only the printed link opens the page', async () => {
    begin({ opensBare: false })

    expect(cookieOf(await get('/'))).toBeNull()
  })
})

describe('the routes of the page', () => {
  test.each(['/client/state', '/client/events', '/client/earlier?before=9', '/client/file/x'])(
    '%s is refused without the cookie, on this machine too',
    async (path) => {
      const response = await get(path)

      expect(response.status).toBe(401)
      expect(await response.json()).toEqual({ error: 'Open the link that the terminal printed.' })
    },
  )

  test.each([undefined, 'playground-3000=', 'playground-3000=key', `playground-3001=${key}`, `key=${key}`])(
    'nobody says a word with the cookie %j',
    async (cookie) => {
      expect((await sendText(cookie === undefined ? {} : { cookie })).status).toBe(401)
      expect(world.updates.pending()).toEqual([])
    },
  )

  test('the cookie authenticates the owner', async () => {
    expect((await sendText({ cookie: `playground-3000=${key}` })).status).toBe(200)
    expect(world.updates.pending()).toMatchObject([{ update: { message: { text: 'hello' } } }])
  })

  test.each([
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:4000' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'rebound.example:3000' },
  ])('the cookie is refused with %j', async (headers) => {
    expect((await sendText({ cookie: `playground-3000=${key}`, ...headers })).status).toBe(403)
    expect(world.updates.pending()).toEqual([])
  })
})
