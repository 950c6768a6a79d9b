import type { Message } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import type { WorldEvent } from '../../src/playground/world/events.ts'
import { openTopic } from '../../src/playground/world/membership.ts'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { openTestPlayground } from './bot-api.ts'

const keyboard = { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] }

describe('a message', () => {
  test('is returned as Telegram stores it: parsed, trimmed, with detected entities', async () => {
    const { send, clock, chatId, world } = await openTestPlayground()

    const message = await send(' <b>See</b> /help ', {
      parse_mode: 'HTML',
      disable_notification: true,
      link_preview_options: { is_disabled: true },
      reply_markup: keyboard,
    })

    expect(message).toEqual({
      message_id: expect.any(Number),
      from: expect.objectContaining({ is_bot: true, username: 'preqbot_playground' }),
      chat: { id: chatId, type: 'private', first_name: 'You' },
      date: Math.floor(clock.now().getTime() / 1000),
      text: 'See /help',
      entities: [
        { type: 'bold', offset: 0, length: 3 },
        { type: 'bot_command', offset: 4, length: 5 },
      ],
      link_preview_options: { is_disabled: true },
      reply_markup: keyboard,
    })
    expect(world.rooms.get(chatId)?.posts.get(message.message_id)?.silent).toBe(true)
  })

  test('shows the message it replies to, one level deep and with the quote', async () => {
    const { send } = await openTestPlayground()
    const first = await send('one two')
    const second = await send('reply', { reply_parameters: { message_id: first.message_id, quote: 'two' } })

    const third = await send('reply to the reply', { reply_parameters: { message_id: second.message_id } })

    expect(second).toMatchObject({
      reply_to_message: { text: 'one two' },
      quote: { text: 'two', position: 4 },
    })
    expect(third.reply_to_message?.text).toBe('reply')
    expect(third.reply_to_message).not.toHaveProperty('reply_to_message')
  })

  test('is sent without a reply if that is allowed and the target is gone', async () => {
    const { send } = await openTestPlayground()

    const message = await send('x', {
      reply_parameters: { message_id: 7, allow_sending_without_reply: true },
    })

    expect(message).not.toHaveProperty('reply_to_message')
  })

  test('can be edited for everyone, and loses its keyboard unless it is sent again', async () => {
    const { call, chatId, clock, send, world } = await openTestPlayground()
    const { message_id } = await send('one', { reply_markup: keyboard })
    const events: WorldEvent[] = []
    world.subscribe((event) => events.push(event))
    clock.advance({ ms: 5000 })

    const { result } = await call('editMessageText', { chat_id: chatId, message_id, text: 'two' })

    expect(result).toMatchObject({ message_id, text: 'two', edit_date: (result as Message).date + 5 })
    expect(result).not.toHaveProperty('reply_markup')
    expect(events).toMatchObject([
      { type: 'edited', chatId, post: { message: { text: 'two' } } },
      { type: 'call' },
    ])
  })

  test('counts as modified if only its keyboard changed', async () => {
    const { call, chatId, send } = await openTestPlayground()
    const { message_id } = await send('one', { reply_markup: keyboard })
    const edit = { chat_id: chatId, message_id, text: 'one' }

    expect((await call('editMessageText', { ...edit, reply_markup: keyboard })).ok).toBe(false)
    expect((await call('editMessageText', edit)).ok).toBe(true)
  })

  test('with an inline keyboard and a prompt stays editable and keeps the prompt', async () => {
    const { call, chatId, send } = await openTestPlayground()
    const prompting = { ...keyboard, force_reply: true }
    const { message_id } = await send('Which?', { reply_markup: prompting })
    const edit = { chat_id: chatId, message_id, text: 'Which one?' }

    expect((await call('editMessageText', { ...edit, reply_markup: keyboard })).ok).toBe(false)
    expect((await call('editMessageText', { ...edit, reply_markup: prompting })).ok).toBe(true)
  })

  test('can be forwarded with its origin, and copied without', async () => {
    const { call, chatId, send } = await openTestPlayground()
    const { message_id } = await send('one', { reply_markup: keyboard })
    const source = { chat_id: chatId, from_chat_id: chatId, message_id }

    const forwarded = (await call('forwardMessage', source)).result as Message
    const copied = (await call('copyMessage', source)).result as Message

    expect(forwarded).toMatchObject({
      text: 'one',
      forward_origin: { type: 'user', sender_user: { is_bot: true } },
    })
    expect(forwarded).not.toHaveProperty('reply_markup')
    expect(copied).toEqual({ message_id: forwarded.message_id + 1 })
  })

  test('disappears when it is deleted; unknown IDs are skipped', async () => {
    const { call, chatId, send, world } = await openTestPlayground()
    const first = await send('one')
    const second = await send('two')

    const reply = await call('deleteMessages', {
      chat_id: chatId,
      message_ids: [first.message_id, second.message_id, 7],
    })

    expect(reply.result).toBe(true)
    expect(world.rooms.get(chatId)?.posts.size).toBe(0)
  })

  test('can be pinned, which sends the bot a service message, and unpinned', async () => {
    const { call, chatId, send, world } = await openTestPlayground()
    const { message_id } = await send('board')
    const pin = { chat_id: chatId, message_id }

    await call('pinChatMessage', { ...pin, disable_notification: true })
    await call('pinChatMessage', { ...pin, disable_notification: true })

    expect((await call('getChat', { chat_id: chatId })).result).toMatchObject({
      pinned_message: { message_id },
    })
    expect((await call('getUpdates')).result).toMatchObject([{ message: { pinned_message: { message_id } } }])
    expect((await call('unpinChatMessage', pin)).result).toBe(true)
    expect(world.rooms.get(chatId)?.pinned).toEqual([])
  })

  test('accepts one reaction by the bot, which can be removed', async () => {
    const { call, chatId, send, world } = await openTestPlayground()
    const { message_id } = await send('x')
    const target = { chat_id: chatId, message_id }
    const reactions = () =>
      [...(world.rooms.get(chatId)?.posts.get(message_id)?.reactions.values() ?? [])].flat()

    await call('setMessageReaction', { ...target, reaction: [{ type: 'emoji', emoji: '👌' }] })
    expect(reactions()).toEqual([{ type: 'emoji', emoji: '👌' }])
    await call('setMessageReaction', { ...target, reaction: [] })
    expect(reactions()).toEqual([])
  })
})

describe('what Telegram drops silently', () => {
  test.each([
    ['the thirteenth button of a row', [Array.from({ length: 13 }, (_, n) => `${n}`)], 12],
    ['the 301st button', Array.from({ length: 26 }, () => Array.from({ length: 12 }, () => 'x')), 300],
    ['a button without text', [['a', ' ']], 1],
  ])('is a violation: %s', async (_, labels, kept) => {
    const { send, world } = await openTestPlayground()
    const rows = labels.map((row) => row.map((text) => ({ text, callback_data: 'a' })))

    const { reply_markup } = await send('x', { reply_markup: { inline_keyboard: rows } })

    expect(reply_markup?.inline_keyboard.flat()).toHaveLength(kept)
    expect(world.violations).toMatchObject([{ kind: 'silent-drop', method: 'sendMessage' }])
  })

  test('is a violation: the 101st entity', async () => {
    const { send, world } = await openTestPlayground()

    const { entities } = await send('<b>a</b> '.repeat(101), { parse_mode: 'HTML' })

    expect(entities).toHaveLength(100)
    expect(world.violations).toMatchObject([{ kind: 'silent-drop' }])
  })

  test('doesn’t happen if everything fits', async () => {
    const { send, world } = await openTestPlayground()

    await send('<b>a</b> '.repeat(100), { parse_mode: 'HTML', reply_markup: keyboard })

    expect(world.violations).toEqual([])
  })
})

describe('a group with topics', () => {
  async function openForum() {
    const test = await openTestPlayground()
    const room = addSupergroup(test.world, { title: 'Team', members: [test.chatId], topics: true })
    return { ...test, room, groupId: room.chat.id }
  }

  test('lets the bot create a topic and write to it', async () => {
    const { call, send, groupId } = await openForum()

    const { result } = await call('createForumTopic', { chat_id: groupId, name: 'Board' })
    const { message_thread_id } = result as { message_thread_id: number }
    const message = await send('x', { chat_id: groupId, message_thread_id })

    expect(result).toEqual({ message_thread_id, name: 'Board', icon_color: 7322096 })
    expect(message).toMatchObject({
      message_thread_id,
      is_topic_message: true,
      reply_to_message: { forum_topic_created: { name: 'Board' } },
    })
  })

  test('has its own ids and its own deletion rules', async () => {
    const { call, send, groupId, clock } = await openForum()
    const { message_id } = await send('x', { chat_id: groupId })
    clock.advance({ days: 3 })

    const reply = await call('deleteMessage', { chat_id: groupId, message_id })

    expect(message_id).toBe(1)
    expect(reply.ok).toBe(true)
  })

  test('knows who is a member', async () => {
    const { call, chatId, groupId, world } = await openForum()

    const statusOf = async (user_id: number) => {
      const { result } = await call('getChatMember', { chat_id: groupId, user_id })
      return (result as { status: string } | undefined)?.status
    }

    expect(await statusOf(chatId)).toBe('member')
    expect(await statusOf(world.bot.user.id)).toBe('administrator')
    expect(await statusOf(7)).toBeUndefined()
  })

  test('refuses a bot that was removed', async () => {
    const { call, groupId, room } = await openForum()
    room.botStatus = 'kicked'

    expect(await call('sendMessage', { chat_id: groupId, text: 'x' })).toMatchObject({
      status: 403,
      description: 'Forbidden: bot was kicked from the supergroup chat',
    })
  })

  test('lets a person create a topic and the bot rename it', async () => {
    const { call, groupId, world } = await openForum()
    const { threadId } = openTopic(world, { chatId: groupId, name: 'Old' })
    const rename = { chat_id: groupId, message_thread_id: threadId, name: 'New' }

    expect((await call('editForumTopic', rename)).result).toBe(true)
    expect((await call('editForumTopic', rename)).description).toBe('Bad Request: TOPIC_NOT_MODIFIED')
    expect((await call('getUpdates')).result).toMatchObject([
      { message: { forum_topic_created: { name: 'Old' } } },
    ])
  })
})
