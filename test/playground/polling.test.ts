import type { Update } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { react, sendText } from '../../src/playground/world/person.ts'
import { tapData } from '../../src/playground/world/tap.ts'
import { openTestPlayground, type Reply, type TestPlayground } from './bot-api.ts'

const conflict =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'

const textsOf = (reply: Reply) => (reply.result as Update[]).map(({ message }) => message?.text)
const idsOf = (reply: Reply) => (reply.result as Update[]).map(({ update_id }) => update_id)

/** Resolves once a request is waiting at the playground. */
async function hanging({ world }: TestPlayground): Promise<void> {
  while (world.polling.pending === null) await new Promise(setImmediate)
}

describe('offsets', () => {
  test('return the same updates until a later offset confirms them', async () => {
    const { call, world } = await openTestPlayground()
    for (const text of ['one', 'two', 'three']) sendText(world, { text })
    const confirmed: number[] = []
    world.subscribe((event) => {
      if (event.type === 'update-confirmed') confirmed.push(event.updateId)
    })

    const first = await call('getUpdates', { limit: 2 })
    const again = await call('getUpdates')
    const ids = idsOf(again)
    const rest = await call('getUpdates', { offset: (ids[1] ?? 0) + 1 })

    expect(textsOf(first)).toEqual(['one', 'two'])
    expect(textsOf(again)).toEqual(['one', 'two', 'three'])
    expect(textsOf(rest)).toEqual(['three'])
    expect(confirmed).toEqual(ids.slice(0, 2))
    expect(ids).toEqual([ids[0], (ids[0] ?? 0) + 1, (ids[0] ?? 0) + 2])
  })

  test('that are negative keep only the last updates', async () => {
    const { call, world } = await openTestPlayground()
    for (const text of ['one', 'two', 'three']) sendText(world, { text })

    const last = await call('getUpdates', { offset: -1 })
    const after = await call('getUpdates')

    expect(textsOf(last)).toEqual(['three'])
    expect(textsOf(after)).toEqual(['three'])
  })

  test('never return expired updates: a message expires after a day, a tap after 150 seconds', async () => {
    const { call, chatId, clock, send, world } = await openTestPlayground()
    const { message_id } = await send('x')
    sendText(world, { text: 'one' })
    tapData(world, { userId: chatId, messageId: message_id, data: 'a' })

    clock.advance({ ms: 151_000 })
    expect(textsOf(await call('getUpdates'))).toEqual(['one'])
    clock.advance({ hours: 24 })
    expect(textsOf(await call('getUpdates'))).toEqual([])
  })
})

describe('kinds of updates', () => {
  test('exclude by default those that must be requested', async () => {
    const { call, send, world } = await openTestPlayground()
    const { message_id } = await send('x')

    react(world, { messageId: message_id, emoji: '👍' })
    await call('getUpdates', { allowed_updates: ['message_reaction'] })
    react(world, { messageId: message_id, emoji: '🔥' })
    sendText(world, { text: 'not asked for' })
    const reply = await call('getUpdates')

    expect(reply.result).toMatchObject([
      { message_reaction: { old_reaction: [{ emoji: '👍' }], new_reaction: [{ emoji: '🔥' }] } },
    ])
    expect((await call('getWebhookInfo')).result).toMatchObject({ allowed_updates: ['message_reaction'] })
  })

  test('are the default ones again after an empty list', async () => {
    const { call, world } = await openTestPlayground()
    await call('getUpdates', { allowed_updates: ['callback_query'] })
    await call('getUpdates', { allowed_updates: [] })

    sendText(world, { text: 'x' })

    expect(textsOf(await call('getUpdates'))).toEqual(['x'])
    expect((await call('getWebhookInfo')).result).not.toHaveProperty('allowed_updates')
  })
})

describe('a waiting request', () => {
  test('is answered by the next update', async () => {
    const test = await openTestPlayground()
    const reply = test.call('getUpdates', { timeout: 50 })
    await hanging(test)

    sendText(test.world, { text: 'at last' })

    expect(textsOf(await reply)).toEqual(['at last'])
  })

  test('ends with a conflict if another one has to wait, and the other one continues', async () => {
    const test = await openTestPlayground()
    const first = test.call('getUpdates', { timeout: 50 })
    await hanging(test)

    const second = test.call('getUpdates', { timeout: 50 })

    expect(await first).toMatchObject({ status: 409, error_code: 409, description: conflict })
    sendText(test.world, { text: 'x' })
    expect(textsOf(await second)).toEqual(['x'])
  })

  test('continues if another one need not wait', async () => {
    const test = await openTestPlayground()
    const first = test.call('getUpdates', { timeout: 50 })
    await hanging(test)

    const second = await test.call('getUpdates', { timeout: 0 })

    expect(second.result).toEqual([])
    sendText(test.world, { text: 'x' })
    expect(textsOf(await first)).toEqual(['x'])
  })

  test('is dropped when the caller disconnects', async () => {
    const test = await openTestPlayground()
    const hangUp = new AbortController()
    const poll = fetch(`${test.url}/bot${test.token}/getUpdates?timeout=50`, {
      method: 'POST',
      signal: hangUp.signal,
    })
    await hanging(test)

    hangUp.abort()

    await expect(poll).rejects.toThrow('abort')
    while (test.world.polling.pending !== null) await new Promise(setImmediate)
    sendText(test.world, { text: 'x' })
    expect(textsOf(await test.call('getUpdates', { timeout: 50 }))).toEqual(['x'])
  })

  test('ends with a conflict when a webhook is set', async () => {
    const test = await openTestPlayground()
    const poll = test.call('getUpdates', { timeout: 50 })
    await hanging(test)

    await test.call('setWebhook', { url: 'https://bot.invalid/' })

    expect(await poll).toMatchObject({
      status: 409,
      description: 'Conflict: terminated by setWebhook request',
    })
  })
})

test('refuses to poll while a webhook is set', async () => {
  const { call } = await openTestPlayground()
  await call('setWebhook', { url: 'https://bot.invalid/' })

  expect(await call('getUpdates')).toMatchObject({
    status: 409,
    description:
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  })
})

test('returns one update at a time to an immediate repetition if polling is throttled', async () => {
  const { call, world } = await openTestPlayground({ throttledPolling: true })
  for (const text of ['one', 'two']) sendText(world, { text })

  await call('getUpdates')
  const again = await call('getUpdates')

  expect(textsOf(again)).toEqual(['one'])
})
