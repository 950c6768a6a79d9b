import { describe, expect, test } from 'vitest'
import { sendText } from '../../src/playground/world/person.ts'
import { openTestPlayground } from './bot-api.ts'

describe('planned faults', () => {
  test('lose a request before it has any effect', async () => {
    const { call, chatId, world } = await openTestPlayground()
    world.faults.add({ kind: 'lost-before', method: 'sendmessage' })

    await expect(call('sendMessage', { chat_id: chatId, text: 'x' })).rejects.toThrow('fetch failed')

    expect(world.rooms.get(chatId)?.posts.size).toBe(0)
    expect((await call('sendMessage', { chat_id: chatId, text: 'x' })).ok).toBe(true)
  })

  test('lose the answer after the message was sent', async () => {
    const { call, chatId, world } = await openTestPlayground()
    world.faults.add({ kind: 'lost-after', method: /^send/, times: 2 })

    await expect(call('sendMessage', { chat_id: chatId, text: 'x' })).rejects.toThrow('fetch failed')
    await expect(call('sendMessage', { chat_id: chatId, text: 'x' })).rejects.toThrow('fetch failed')

    expect(world.rooms.get(chatId)?.posts.size).toBe(2)
    expect((await call('getMe')).ok).toBe(true)
  })

  test('refuse connections until removed', async () => {
    const { call, world } = await openTestPlayground()
    await call('getMe')
    const takeBack = world.faults.add({ kind: 'refuse-connection' })

    const refused = await call('getMe').catch((error: Error) => error.cause)
    takeBack()

    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
    expect((await call('getMe')).ok).toBe(true)
  })

  test.each([
    [{ kind: '429', retryAfter: 9 }, 429, 'Too Many Requests: retry after 9'],
    [{ kind: '500' }, 500, 'Internal Server Error'],
    [
      { kind: '400-parse' },
      400,
      'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    [{ kind: '403-blocked' }, 403, 'Forbidden: bot was blocked by the user'],
  ] as const)('answer %j without an effect', async (fault, status, description) => {
    const { call, chatId, world } = await openTestPlayground()
    world.faults.add(fault)

    expect(await call('sendMessage', { chat_id: chatId, text: 'x' })).toMatchObject({ status, description })
    expect(world.rooms.get(chatId)?.posts.size).toBe(0)
  })

  test('block the chat for the duration of a planned 429 if limits are enabled', async () => {
    const { call, chatId, clock, world } = await openTestPlayground()
    world.limits.enabled = true
    world.faults.add({ kind: '429', retryAfter: 9 })
    await call('sendMessage', { chat_id: chatId, text: 'x' })

    const early = await call('sendMessage', { chat_id: chatId, text: 'x' })
    clock.advance({ ms: 9000 })
    const late = await call('sendMessage', { chat_id: chatId, text: 'x' })

    expect(early.status).toBe(429)
    expect(world.violations).toMatchObject([{ kind: 'flood' }])
    expect(late.status).toBe(200)
  })

  test('delay a call', async () => {
    const { call, chatId, world } = await openTestPlayground()
    world.faults.add({ kind: 'delay', ms: 50, method: 'sendMessage' })
    const before = performance.now()

    const [slow, quick] = await Promise.all([
      call('sendMessage', { chat_id: chatId, text: 'x' }),
      call('getMe').then(() => performance.now() - before),
    ])

    expect(slow.ok).toBe(true)
    expect(performance.now() - before).toBeGreaterThanOrEqual(49)
    expect(quick).toBeLessThan(performance.now() - before)
  })

  test('deliver an update a second time after it was confirmed', async () => {
    const { call, world } = await openTestPlayground()
    world.faults.add({ kind: 'double-update' })
    sendText(world, { text: 'twice' })
    const [update] = (await call('getUpdates')).result as { update_id: number }[]
    const offset = (update?.update_id ?? 0) + 1

    const again = await call('getUpdates', { offset })
    const then = await call('getUpdates', { offset })

    expect(again.result).toEqual([update])
    expect(then.result).toEqual([])
  })
})
