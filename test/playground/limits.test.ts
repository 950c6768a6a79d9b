import { describe, expect, test } from 'vitest'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { openTestPlayground } from './bot-api.ts'

async function openLimited() {
  const test = await openTestPlayground()
  test.world.limits.enabled = true
  const sendTimes = async (times: number, chatId = test.chatId) => {
    const statuses: number[] = []
    for (let time = 0; time < times; time++) {
      statuses.push((await test.call('sendMessage', { chat_id: chatId, text: 'x' })).status)
    }
    return statuses
  }
  return { ...test, sendTimes }
}

describe('flood limits', () => {
  test('are off by default', async () => {
    const { send, world } = await openTestPlayground()

    for (let time = 0; time < 10; time++) await send('x')

    expect(world.violations).toEqual([])
  })

  test('allow five messages at once, then one per second', async () => {
    const { clock, sendTimes, world } = await openLimited()

    expect(await sendTimes(5)).toEqual([200, 200, 200, 200, 200])
    clock.advance({ ms: 1000 })
    expect(await sendTimes(2)).toEqual([200, 429])
    expect(world.violations).toEqual([])
  })

  test('count edits and deletions like messages, but not taps and pins', async () => {
    const { call, chatId, send } = await openLimited()
    const { message_id } = await send('x')
    await send('x')
    for (let time = 0; time < 2; time++)
      await call('editMessageText', { chat_id: chatId, message_id, text: `${time}` })
    await call('deleteMessages', { chat_id: chatId, message_ids: [1] })

    const free = [
      await call('answerCallbackQuery', { callback_query_id: '1' }),
      await call('sendChatAction', { chat_id: chatId, action: 'typing' }),
      await call('pinChatMessage', { chat_id: chatId, message_id }),
    ]
    const throttled = await call('deleteMessage', { chat_id: chatId, message_id })

    expect(free.map(({ status }) => status)).toEqual([400, 200, 200])
    expect(throttled).toMatchObject({
      status: 429,
      description: 'Too Many Requests: retry after 3',
      parameters: { retry_after: 3 },
    })
  })

  test('record a call that ignores retry_after', async () => {
    const { clock, sendTimes, world } = await openLimited()
    await sendTimes(6)

    clock.advance({ ms: 2000 })
    expect(await sendTimes(1)).toEqual([429])
    expect(world.violations).toEqual([
      { kind: 'flood', method: 'sendMessage', detail: 'Too Many Requests: retry after 1' },
    ])
    clock.advance({ ms: 1000 })
    expect(await sendTimes(1)).toEqual([200])
  })

  test('allow one setWebhook per second', async () => {
    const { call, clock } = await openLimited()
    const set = () => call('setWebhook', { url: 'https://bot.invalid/' })

    expect((await set()).status).toBe(200)
    expect(await set()).toMatchObject({ status: 429, parameters: { retry_after: 1 } })
    clock.advance({ ms: 1000 })
    expect((await set()).status).toBe(200)
  })

  test('pause one chat, not the others', async () => {
    const { sendTimes, world, chatId } = await openLimited()
    const group = addSupergroup(world, { title: 'Team', members: [chatId] })

    await sendTimes(6)

    expect(await sendTimes(1, group.chat.id)).toEqual([200])
  })

  test('allow twenty messages per minute in a group', async () => {
    const { clock, sendTimes, world, chatId } = await openLimited()
    const group = addSupergroup(world, { title: 'Team', members: [chatId] })
    const statuses: number[] = []

    for (let time = 0; time < 40 && !statuses.includes(429); time++) {
      statuses.push(...(await sendTimes(1, group.chat.id)))
      clock.advance({ ms: 1000 })
    }

    expect(statuses.at(-1)).toBe(429)
    expect(statuses.length).toBeGreaterThanOrEqual(20)
    expect(statuses.length).toBeLessThanOrEqual(32)
  })
})
