import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { securityEvents, userSettings } from '../../../src/db/schema.ts'
import { listSecurityEvents } from '../../../src/domain/access/security.ts'
import { readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { readBotToken, storeBotToken } from '../../../src/telegram/store/bot-token.ts'
import { bindChat, moveChat, unbindChat } from '../../../src/telegram/store/chat-binding.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())
beforeEach(() => board.db.delete(userSettings))

const bound = async () => {
  const { chatId, threadId, userId, enabled } = await readOwnerSettings(board.scope)
  return { chatId, threadId, userId, enabled }
}
const free = { chatId: null, threadId: null, userId: null, enabled: true }
const newestEvent = async () => (await listSecurityEvents(board.scope, { limit: 1 })).entries[0]
const countEvents = () => board.db.$count(securityEvents)

describe('binding the chat', () => {
  test('makes it the one that is served, with a trace and a security event', async () => {
    board.clock.advance({ minutes: 1 })
    await board.db
      .insert(userSettings)
      .values({ ownerId: board.ownerId, key: 'telegram_enabled', value: 'false' })
    const changes = await recordChanges(board.db)

    await bindChat(board.ctx, { chatId: -100500, userId: 42, threadId: 7 })

    expect(await bound()).toEqual({ chatId: -100500, threadId: 7, userId: 42, enabled: true })
    expect(await changes()).toMatchObject({
      events: [],
      audit: [
        { action: 'chat.bind', targetType: 'chat', targetId: '-100500', meta: { userId: 42, threadId: 7 } },
      ],
    })
    expect(await newestEvent()).toMatchObject({
      eventType: 'chat.bind',
      outcome: 'success',
      detail: { chatId: -100500, userId: 42 },
      createdAt: board.clock.now(),
    })
  })

  test('refuses a second chat and keeps that on record', async () => {
    await bindChat(board.ctx, { chatId: 42, userId: 42 })
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    await expect(bindChat(board.ctx, { chatId: 666, userId: 666 })).rejects.toMatchObject({
      code: 'conflict',
    })

    expect(await bound()).toMatchObject({ chatId: 42, userId: 42 })
    expect(await changes()).toEqual(noChanges)
    expect(await newestEvent()).toMatchObject({ outcome: 'failure', detail: { chatId: 666, userId: 666 } })
  })

  test('binds one of two that come at once', async () => {
    const attempts = await Promise.allSettled([
      bindChat(board.ctx, { chatId: 1, userId: 1 }),
      bindChat(board.ctx, { chatId: 2, userId: 2 }),
    ])

    const winner = attempts.findIndex(({ status }) => status === 'fulfilled') + 1
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await bound()).toMatchObject({ chatId: winner, userId: winner })
  })

  test('takes over a chat that other software stored without its person', async () => {
    await board.db
      .insert(userSettings)
      .values({ ownerId: board.ownerId, key: 'telegram_chat_id', value: '42' })

    await bindChat(board.ctx, { chatId: 43, userId: 43 })

    expect(await bound()).toMatchObject({ chatId: 43, userId: 43 })
  })
})

describe('unbinding the chat', () => {
  test('lets it go, with a trace and a security event', async () => {
    await bindChat(board.ctx, { chatId: 42, userId: 42, threadId: 7 })
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    expect(await unbindChat(board.ctx)).toBe(true)

    expect(await bound()).toEqual(free)
    expect(await changes()).toMatchObject({
      events: [],
      audit: [{ action: 'chat.unbind', targetType: 'chat', targetId: '42' }],
    })
    expect(await newestEvent()).toMatchObject({
      eventType: 'chat.bind',
      detail: { chatId: 42, unbound: true },
    })
  })

  test('changes nothing where none is bound', async () => {
    const changes = await recordChanges(board.db)
    const events = await countEvents()

    expect(await unbindChat(board.ctx)).toBe(false)

    expect(await changes()).toEqual(noChanges)
    expect(await countEvents()).toBe(events)
  })
})

describe('a group that Telegram gives another id', () => {
  test('is followed where it is ours, and only then', async () => {
    await bindChat(board.ctx, { chatId: -5, userId: 42 })
    const changes = await recordChanges(board.db)

    expect(await moveChat(board.ctx, { from: -6, to: -1006 })).toBe(false)
    expect(await changes()).toEqual(noChanges)
    expect(await moveChat(board.ctx, { from: -5, to: -1005 })).toBe(true)

    expect(await bound()).toMatchObject({ chatId: -1005, userId: 42 })
    expect(await changes()).toMatchObject({ events: [], audit: [{ action: 'chat.move', targetId: '-1005' }] })
  })
})

describe('the stored bot token', () => {
  const secretKey = 'k'.repeat(32)
  const token = '123456:AAE-abcdefghijklmnopqrstuvwxyz012345'

  test('is encrypted, is read back, and is in no trace', async () => {
    const changes = await recordChanges(board.db)

    expect(await readBotToken(board.scope, secretKey)).toBeNull()
    expect(await storeBotToken(board.ctx, token, secretKey)).toBe(true)

    expect(await readBotToken(board.scope, secretKey)).toBe(token)
    const [row] = await board.db.select().from(userSettings)
    expect(row).toMatchObject({ key: 'telegram_bot_token', value: expect.stringMatching(/^v1\./) })
    const left = await changes()
    expect(left.audit).toMatchObject([{ action: 'setting.change', targetId: 'telegram_bot_token' }])
    expect(JSON.stringify(left)).not.toContain('AAE-')
    expect(JSON.stringify(left)).not.toContain(row?.value)
  })

  test('writes nothing where it is the same', async () => {
    await storeBotToken(board.ctx, token, secretKey)
    const changes = await recordChanges(board.db)

    expect(await storeBotToken(board.ctx, token, secretKey)).toBe(false)
    expect(await changes()).toEqual(noChanges)
  })

  test('cannot be read under another secret, and is stored again under it', async () => {
    await storeBotToken(board.ctx, token, secretKey)

    await expect(readBotToken(board.scope, 'x'.repeat(32))).rejects.toMatchObject({ code: 'invalid' })
    expect(await storeBotToken(board.ctx, token, 'x'.repeat(32))).toBe(true)
    expect(await readBotToken(board.scope, 'x'.repeat(32))).toBe(token)
  })

  test('refuses an invalid token', async () => {
    const changes = await recordChanges(board.db)

    await expect(storeBotToken(board.ctx, 'hello', secretKey)).rejects.toMatchObject({ code: 'invalid' })
    expect(await changes()).toEqual(noChanges)
  })
})
