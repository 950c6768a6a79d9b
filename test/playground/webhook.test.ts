import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Update } from 'grammy/types'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sendText } from '../../src/playground/world/person.ts'
import { tapData } from '../../src/playground/world/tap.ts'
import { openTestPlayground } from './bot-api.ts'

interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly update: Update
  readonly answer: (status: number, body?: object, headers?: Record<string, string>) => void
}

/** A bot's server: yields deliveries in order, each for the test to answer. */
async function openWebhook() {
  const arrived: Delivery[] = []
  const waiting: ((delivery: Delivery) => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const delivery: Delivery = {
        headers: request.headers,
        update: JSON.parse(Buffer.concat(chunks).toString()) as Update,
        answer: (status, body, headers = {}) => {
          response.writeHead(status, headers).end(body === undefined ? '' : JSON.stringify(body))
        },
      }
      const next = waiting.shift()
      if (next === undefined) arrived.push(delivery)
      else next(delivery)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const next = () => {
    return new Promise<Delivery>((resolve) => {
      const delivery = arrived.shift()
      if (delivery === undefined) waiting.push(resolve)
      else resolve(delivery)
    })
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, next, arrived }
}

const relaxed = { webhooks: 'both', webhook: { retryDelay: () => 1 } } as const

describe('setting a webhook', () => {
  test.each([
    ['http://bot.invalid/', 'bad webhook: An HTTPS URL must be provided for webhook'],
    ['https://bot.invalid:8080/', 'bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443'],
    ['bot', 'bad webhook: invalid webhook URL specified'],
  ])('refuses the address %s', async (url, description) => {
    const { call } = await openTestPlayground()

    expect(await call('setWebhook', { url })).toMatchObject({
      status: 400,
      description: `Bad Request: ${description}`,
    })
  })

  test.each([
    'https://evil.example/',
    'http://192.168.1.5/',
    'http://localhost.evil.example/',
    'ftp://localhost/',
    'https://127.0.0.1@evil.example/',
  ])('a playground that may call only this machine refuses %s', async (url) => {
    const { call, world } = await openTestPlayground({ webhooks: 'loopback' })

    expect(await call('setWebhook', { url })).toMatchObject({
      status: 400,
      description: 'Bad Request: bad webhook: the playground calls only addresses of this machine',
    })
    expect(world.webhook.settings).toBeNull()
    expect(await call('setWebhook', { url: 'http://localhost:9/hook' })).toMatchObject({ status: 200 })
  })

  test.each([
    ['x'.repeat(257), 'secret token is too long'],
    ['a b', 'secret token contains unallowed characters'],
  ])('refuses the secret %s', async (secret_token, description) => {
    const { call } = await openTestPlayground()

    const reply = await call('setWebhook', { url: 'https://bot.invalid/', secret_token })

    expect(reply).toMatchObject({ status: 400, description: `Bad Request: ${description}` })
  })

  test('describes what it did, and getWebhookInfo shows it', async () => {
    const { call } = await openTestPlayground()
    const url = 'https://bot.invalid:8443/'

    expect((await call('setWebhook', { url })).description).toBe('Webhook was set')
    expect((await call('setWebhook', { url })).description).toBe('Webhook is already set')
    expect((await call('getWebhookInfo')).result).toMatchObject({
      url,
      max_connections: 40,
      pending_update_count: 0,
    })
    expect((await call('deleteWebhook')).description).toBe('Webhook was deleted')
    expect((await call('deleteWebhook')).description).toBe('Webhook is already deleted')
    expect((await call('getWebhookInfo')).result).toMatchObject({ url: '' })
  })
})

describe('delivery', () => {
  test('carries the secret, and only a 2xx confirms an update', async () => {
    const { call, world } = await openTestPlayground(relaxed)
    const webhook = await openWebhook()
    await call('setWebhook', { url: webhook.url, secret_token: 'a-secret' })

    sendText(world, { text: 'hello' })
    const first = await webhook.next()
    first.answer(500)
    const second = await webhook.next()
    const confirmed = new Promise((resolve) => {
      world.subscribe((event) => event.type === 'update-confirmed' && resolve(event.updateId))
    })
    second.answer(200)

    expect(first.headers['x-telegram-bot-api-secret-token']).toBe('a-secret')
    expect(second.update).toEqual(first.update)
    expect(await confirmed).toBe(first.update.update_id)
    expect((await call('getWebhookInfo')).result).toMatchObject({
      pending_update_count: 0,
      last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
    })
  })

  test('keeps a chat’s order and delivers taps in parallel', async () => {
    const { call, chatId, world, send } = await openTestPlayground(relaxed)
    const webhook = await openWebhook()
    const { message_id } = await send('x')
    await call('setWebhook', { url: webhook.url })

    sendText(world, { text: 'one' })
    sendText(world, { text: 'two' })
    tapData(world, { userId: chatId, messageId: message_id, data: 'a' })
    const message = await webhook.next()
    const tap = await webhook.next()

    expect(message.update.message?.text).toBe('one')
    expect(tap.update.callback_query?.data).toBe('a')
    expect(webhook.arrived).toEqual([])
    message.answer(200)
    expect((await webhook.next()).update.message?.text).toBe('two')
  })

  test('includes updates from before the webhook was set, unless they were dropped', async () => {
    const { call, world } = await openTestPlayground(relaxed)
    const webhook = await openWebhook()
    sendText(world, { text: 'dropped' })

    await call('setWebhook', { url: webhook.url, drop_pending_updates: true })
    sendText(world, { text: 'kept' })

    expect((await webhook.next()).update.message?.text).toBe('kept')
  })

  test('runs a method that the webhook answers with', async () => {
    const { call, chatId, world } = await openTestPlayground(relaxed)
    const webhook = await openWebhook()
    await call('setWebhook', { url: webhook.url })
    const answered = new Promise((resolve) => {
      world.subscribe(
        (event) => event.type === 'message' && event.post.fromBot && resolve(event.post.message.text),
      )
    })

    sendText(world, { text: 'hello' })
    const delivery = await webhook.next()
    delivery.answer(200, { method: 'sendMessage', chat_id: chatId, text: 'by reply' })

    expect(await answered).toBe('by reply')
  })

  test('follows no redirect, which could lead off this machine', async () => {
    const { call, world } = await openTestPlayground(relaxed)
    const [webhook, elsewhere] = [await openWebhook(), await openWebhook()]
    await call('setWebhook', { url: webhook.url })

    sendText(world, { text: 'hello' })
    const { answer, update } = await webhook.next()
    answer(307, undefined, { location: elsewhere.url })

    expect((await webhook.next()).update).toEqual(update)
    expect(elsewhere.arrived).toEqual([])
    expect(world.webhook.lastError?.message).toContain('307')
  })

  test('respects the webhook’s Retry-After', async () => {
    const { call, world } = await openTestPlayground({
      webhooks: 'both',
      webhook: { retryDelay: () => 60_000 },
    })
    const webhook = await openWebhook()
    await call('setWebhook', { url: webhook.url })

    sendText(world, { text: 'hello' })
    const first = await webhook.next()
    first.answer(503, undefined, { 'retry-after': '0' })

    expect((await webhook.next()).update).toEqual(first.update)
  })
})
