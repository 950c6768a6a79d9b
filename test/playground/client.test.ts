import { Hono } from 'hono'
import { beforeEach, describe, expect, test } from 'vitest'
import { clientRoutes } from '../../src/playground/server/page-api.ts'
import type { PageEvent, PageState } from '../../src/playground/server/state.ts'
import { inlineQuery } from '../../src/playground/world/inline.ts'
import { react, sendText } from '../../src/playground/world/person.ts'
import { addPost } from '../../src/playground/world/posting.ts'
import { createWorld, type World } from '../../src/playground/world/world.ts'

const HOST = 'localhost:3000'
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let world: World
let app: Hono

beforeEach(() => {
  world = createWorld({ clock: () => new Date('2026-03-02T09:00:00Z') })
  app = clientRoutes(world, { pageKey: 'open', tapTimeoutMs: 2_000 })
})

function get(path: string, headers: Record<string, string> = {}) {
  return app.request(`http://${HOST}${path}`, { headers: { host: HOST, ...headers } })
}

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return app.request(`http://${HOST}${path}`, {
    method: 'POST',
    headers: { host: HOST, origin: `http://${HOST}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function readState(query = ''): Promise<PageState> {
  return (await (await get(`/client/state${query}`)).json()) as PageState
}

function sendFromBot(text: string, data?: string) {
  const room = world.rooms.get(world.owner.user.id)
  if (!room) throw new Error('The owner has no chat.')
  const markup =
    data === undefined ? {} : { reply_markup: { inline_keyboard: [[{ text, callback_data: data }]] } }
  return addPost(world, { room, from: world.bot.user, content: { text, ...markup }, silent: true })
}

async function upload(fields: Record<string, string>, name: string, bytes: Uint8Array, type: string) {
  const form = new FormData()
  form.set('file', new File([new Uint8Array(bytes)], name, { type }))
  for (const [key, value] of Object.entries(fields)) form.set(key, value)
  return app.request(`http://${HOST}/client/upload`, {
    method: 'POST',
    headers: { host: HOST, origin: `http://${HOST}` },
    body: form,
  })
}

describe('access control', () => {
  test.each(['localhost:3000', '127.0.0.1:8080', '[::1]:3000', 'localhost'])(
    'the page opens as %s',
    async (host) => {
      const response = await app.request('http://localhost:3000/', { headers: { host } })

      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    },
  )

  test.each(['/', '/assets/page.js', '/client/state', '/client/events'])(
    'a host name that only resolves to loopback is refused at %s',
    async (path) => {
      const response = await get(path, { host: 'rebound.example:3000' })

      expect(response.status).toBe(403)
    },
  )

  test.each(['localhost.example', 'user@localhost', 'localhost/x', ''])(
    'the host %j is refused',
    async (host) => {
      expect((await get('/', { host })).status).toBe(403)
    },
  )

  test('an allowed host is served', async () => {
    app = clientRoutes(world, { pageKey: 'open', allowedHosts: ['board.example'] })

    expect((await get('/', { host: 'board.example' })).status).toBe(200)
  })

  test.each(['https://evil.example', 'http://localhost:4000', 'null'])(
    'a post from the origin %s is refused',
    async (origin) => {
      const response = await post('/client/send-text', { text: 'hello' }, { origin })

      expect(response.status).toBe(403)
      expect((await readState()).messages).toEqual([])
    },
  )

  test('another site may not read the event stream', async () => {
    expect((await get('/client/events', { origin: 'https://evil.example' })).status).toBe(403)
    expect((await get('/client/events', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  test('a body that a form could send is refused', async () => {
    const response = await post('/client/send-text', { text: 'hello' }, { 'content-type': 'text/plain' })

    expect(response.status).toBe(415)
    expect((await readState()).messages).toEqual([])
  })

  test('the page may only run its own files', async () => {
    const policy = (await get('/')).headers.get('content-security-policy')

    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
  })

  test.each(['/assets/..%2fclient.ts', '/assets/client.ts', '/assets/none.js', '/assets/%2e%2e/world.ts'])(
    'nothing but the files of the page is served: %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )
})

describe('next to other routes', () => {
  test('other paths are left alone', async () => {
    const whole = new Hono()
    whole.route('/', app)
    whole.post('/api/tasks', (c) => c.text('theirs'))

    const response = await whole.request('http://localhost:3000/api/tasks', {
      method: 'POST',
      headers: { host: 'board.example', origin: 'https://elsewhere.example' },
    })

    expect(await response.text()).toBe('theirs')
    expect(response.headers.get('content-security-policy')).toBeNull()
  })

  test('a world has no stranger until its page is opened', async () => {
    const before = world.people.size
    await readState()

    expect([before, world.people.size]).toEqual([1, 2])
  })
})

describe('the state', () => {
  test('shows the chat, including what only clients see', async () => {
    sendText(world, { text: 'a thought' })
    const sent = sendFromBot('noted')
    react(world, { messageId: sent.message.message_id, emoji: '👍' })

    const state = await readState()

    expect(state.messages).toMatchObject([
      { text: 'a thought', mine: true, silent: false },
      { text: 'noted', mine: false, silent: true, reactions: [{ emoji: '👍', mine: true }] },
    ])
    expect(state.person.owner).toBe(true)
  })

  test('differs for the stranger', async () => {
    sendText(world, { text: 'mine alone' })
    const stranger = (await readState()).people.find((person) => !person.owner)

    const state = await readState(`?as=${stranger?.id}`)

    expect(state.person.name).toBe('A stranger')
    expect(state.messages).toEqual([])
  })

  test('shows the commands of the narrowest scope', async () => {
    const commands = [{ command: 'inbox', description: 'triage' }]
    world.bot.commands.set('default', {
      scope: { type: 'default' },
      languageCode: '',
      commands: [{ command: 'start', description: 'begin' }],
    })
    world.bot.commands.set('chat', {
      scope: { type: 'chat', chat_id: world.owner.user.id },
      languageCode: '',
      commands,
    })

    expect((await readState()).commands).toEqual(commands)
  })

  test('has the newest messages, and earlier ones are paged', async () => {
    for (let number = 1; number <= 201; number += 1) sendText(world, { text: String(number) })

    const state = await readState()
    const first = state.messages[0]
    const earlier = await get(`/client/earlier?before=${first?.message_id}`)

    expect(state.hasEarlier).toBe(true)
    expect(first?.text).toBe('2')
    expect(await earlier.json()).toMatchObject({ messages: [{ text: '1' }], hasEarlier: false })
  })
})

describe('a person’s actions', () => {
  test('a text reaches the chat and the bot', async () => {
    const response = await post('/client/send-text', { text: 'buy milk' })

    expect(response.status).toBe(200)
    expect((await readState()).messages).toMatchObject([{ text: 'buy milk', mine: true }])
  })

  test('pressing Start on a start link sends /start with its payload', async () => {
    await post('/client/start', { payload: 'abc_123' })

    expect((await readState()).messages).toMatchObject([{ text: '/start abc_123' }])
  })

  test('an edit changes one’s own message in place', async () => {
    const { message_id: messageId } = sendText(world, { text: 'by milk' })

    await post('/client/edit', { messageId, text: 'buy milk' })

    expect((await readState()).messages).toMatchObject([{ message_id: messageId, text: 'buy milk' }])
  })

  test('a bot’s message cannot be edited, and the error says why', async () => {
    const { message } = sendFromBot('mine')

    const response = await post('/client/edit', { messageId: message.message_id, text: 'yours' })

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'Only an own message can be edited.' })
  })

  test('a blocked bot is shown as blocked until it is unblocked', async () => {
    await post('/client/block', { blocked: true })
    const blocked = (await readState()).chat.blocked
    await post('/client/start', { payload: '' })

    expect(blocked).toBe(true)
    expect((await readState()).chat.blocked).toBe(false)
  })

  test('a forwarded message names its origin', async () => {
    const { message } = sendFromBot('read this')

    await post('/client/forward', { messageId: message.message_id })

    expect((await readState()).messages[1]).toMatchObject({
      text: 'read this',
      mine: true,
      forward_origin: { type: 'user' },
    })
  })

  test('a photo is served with its actual type, whatever the sender claimed', async () => {
    await upload({ kind: 'photo', caption: 'the board' }, 'board.png', PIXEL, 'text/html')
    const [message] = (await readState()).messages

    const file = await get(`/client/file/${message?.photo?.[0]?.file_id}`)

    expect(message?.caption).toBe('the board')
    expect(file.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await file.arrayBuffer())).toEqual(PIXEL)
  })

  test('a document that could run in the page is always downloaded', async () => {
    await upload({ kind: 'document' }, 'päge.html', Buffer.from('<script>alert(1)</script>'), 'text/html')
    const [message] = (await readState()).messages

    const file = await get(`/client/file/${message?.document?.file_id}/x.html`)

    expect(file.headers.get('content-type')).toBe('application/octet-stream')
    expect(file.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''p%C3%A4ge.html")
    expect(file.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['send-text', {}],
    ['send-text', { text: '' }],
    ['edit', { messageId: 'x', text: 'y' }],
    ['start', { payload: 'not allowed!' }],
    ['tap', { messageId: 1 }],
    ['react', { messageId: 999, emoji: '👍' }],
  ])('%s with %j is refused with a reason', async (path, body) => {
    const response = await post(`/client/${path}`, body)

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\w/) })
  })
})

describe('requests that wait for the bot', () => {
  test('a tap returns the bot’s answer', async () => {
    const { message } = sendFromBot('Done', 'done:1')
    const unsubscribe = world.subscribe((event) => {
      if (event.type !== 'tapped') return
      const { type: _, ...tapped } = event
      queueMicrotask(() =>
        world.emit({ type: 'callback-answered', ...tapped, text: 'Done', showAlert: true }),
      )
    })

    const response = await post('/client/tap', { messageId: message.message_id, data: 'done:1' })
    unsubscribe()

    expect(await response.json()).toEqual({ answered: true, showAlert: true, text: 'Done' })
  })

  test('a tap without an answer times out', async () => {
    app = clientRoutes(world, { pageKey: 'open', tapTimeoutMs: 5 })
    const { message } = sendFromBot('Done', 'done:1')

    const response = await post('/client/tap', { messageId: message.message_id, data: 'done:1' })

    expect(await response.json()).toEqual({ answered: false })
  })

  test('an inline query returns only results for that query', async () => {
    const earlier = inlineQuery(world, { query: 'other' })
    const unsubscribe = world.subscribe((event) => {
      if (event.type !== 'update-queued') return
      const userId = world.owner.user.id
      const answer = { type: 'inline-answered' as const, userId, nextOffset: '' }
      const queryId = [...world.inlineQueries.keys()].at(-1) ?? ''
      const result = {
        type: 'article' as const,
        id: 'a',
        title: 'A',
        input_message_content: { message_text: 'a' },
      }
      queueMicrotask(() => {
        world.emit({ ...answer, queryId: earlier, results: [] })
        world.emit({ ...answer, queryId, results: [result] })
      })
    })

    const response = await post('/client/inline', { query: 'words' })
    unsubscribe()

    expect(await response.json()).toMatchObject({ results: [{ id: 'a', title: 'A' }] })
  })
})

describe('the event stream', () => {
  async function open(query = '') {
    const response = await get(`/client/events${query}`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (!reader) throw new Error('The stream has no body.')
    let text = ''
    const next = async (): Promise<string> => {
      while (!text.includes('\n\n')) {
        const { value, done } = await reader.read()
        if (done) throw new Error('The stream has ended.')
        text += value
      }
      const [block = ''] = text.split('\n\n')
      text = text.slice(block.length + 2)
      return block
    }
    const nextEvent = async () => JSON.parse((await next()).replace(/^data: /, '')) as PageEvent
    return { next, nextEvent, close: () => reader.cancel() }
  }

  test('starts with a greeting, then delivers events in order', async () => {
    const stream = await open()

    expect(await stream.next()).toContain('event: hello')
    const { message_id: id } = sendText(world, { text: 'one' })
    sendFromBot('two')

    expect(await stream.nextEvent()).toMatchObject({
      type: 'message',
      message: { message_id: id, text: 'one' },
    })
    expect(await stream.nextEvent()).toMatchObject({ type: 'message', message: { text: 'two', mine: false } })
    await stream.close()
  })

  test("keeps one person's chat from another's", async () => {
    const stranger = (await readState()).people.find((person) => !person.owner)
    const stream = await open(`?as=${stranger?.id}`)
    await stream.next()

    sendText(world, { text: 'a secret' })
    sendText(world, { userId: stranger?.id ?? 0, text: 'hello?' })

    expect(await stream.nextEvent()).toMatchObject({ message: { text: 'hello?' } })
    await stream.close()
  })

  test('unsubscribes when the page disconnects', async () => {
    const gone = new Promise<void>((resolve) => {
      const subscribe: World['subscribe'] = (listener) => {
        const unsubscribe = world.subscribe(listener)
        return () => {
          unsubscribe()
          resolve()
        }
      }
      app = clientRoutes({ ...world, subscribe }, { pageKey: 'open' })
    })
    const stream = await open()
    await stream.next()

    await stream.close()

    await expect(gone).resolves.toBeUndefined()
  })
})
