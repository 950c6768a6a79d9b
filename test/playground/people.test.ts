import { InlineKeyboard } from 'grammy'
import type { Update } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { labelsOf, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { commandsFor } from '../../src/playground/methods/commands.ts'
import { openTopic, removeTopic, setBotStatus } from '../../src/playground/world/membership.ts'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { openTestPlayground, startBot } from './bot-api.ts'

describe('a person with a bot that polls', () => {
  test('starts it with a link, taps, and sees the answer and the edit', async () => {
    const playground = await openTestPlayground()
    const user = virtualUser(playground.world)
    startBot(playground, (bot) => {
      bot.command('start', (ctx) => {
        const reply_markup = new InlineKeyboard()
          .text('✅ Done', 'd')
          .danger()
          .row()
          .url('Docs', 'https://a.example')
        return ctx.reply(`<b>Hello</b> ${ctx.match}`, { parse_mode: 'HTML', reply_markup })
      })
      bot.callbackQuery('d', async (ctx) => {
        await ctx.answerCallbackQuery({ text: 'Well done', show_alert: true })
        await ctx.editMessageText('Finished')
      })
    })

    user.open('code-1')
    const hello = await user.nextMessage()
    const link = user.tap('Docs', hello)
    user.tap('Done')
    const answer = await user.nextAnswer()
    const edited = await user.nextEdit('Finished')
    await user.settled()

    expect(hello.text).toBe('Hello code-1')
    expect(labelsOf(hello)).toEqual([['✅ Done'], ['Docs']])
    expect(link).toEqual({ kind: 'url', url: 'https://a.example' })
    expect(answer).toMatchObject({ text: 'Well done', showAlert: true, messageId: hello.message_id })
    expect(edited.message_id).toBe(hello.message_id)
    expect(user.current(hello)?.text).toBe('Finished')
    expect(labelsOf(edited)).toEqual([])
    expect(playground.world.violations).toEqual([])
  })

  test('finds events from before the wait, each once', async () => {
    const playground = await openTestPlayground()
    const user = virtualUser(playground.world)
    startBot(playground, (bot) => {
      bot.on('message:text', async (ctx) => {
        await ctx.reply('one')
        await ctx.reply('two')
      })
    })

    user.sendText('hello')
    await user.settled()

    expect((await user.nextMessage()).text).toBe('one')
    expect((await user.nextMessage()).text).toBe('two')
    await expect(user.nextMessage(undefined, { within: 5 })).rejects.toThrow(
      'Nothing that fits happened within 5 ms',
    )
  })

  test('sends an inline query and a result', async () => {
    const playground = await openTestPlayground()
    const user = virtualUser(playground.world)
    startBot(playground, (bot) => {
      bot.on('inline_query', (ctx) => {
        const message = { message_text: `<b>${ctx.inlineQuery.query}</b>`, parse_mode: 'HTML' } as const
        return ctx.answerInlineQuery([
          { type: 'article', id: '1', title: 'One', input_message_content: message },
        ])
      })
      bot.on('message', (ctx) => ctx.reply(`via ${ctx.message.via_bot?.username}`))
    })

    const { queryId, results } = await user.inline('words')
    const sent = user.choose(queryId, '1')

    expect(results).toMatchObject([{ title: 'One' }])
    expect(sent).toMatchObject({ text: 'words', entities: [{ type: 'bold' }] })
    expect((await user.nextMessage()).text).toBe('via preqbot_playground')
  })
})

describe('the bot gets', () => {
  async function open() {
    const playground = await openTestPlayground()
    const user = virtualUser(playground.world)
    const updates = async () => (await playground.call('getUpdates')).result as Update[]
    return { ...playground, user, updates }
  }

  test('the new text and time of an edit', async () => {
    const { user, updates, clock } = await open()
    const own = user.sendText('one')
    clock.advance({ ms: 2000 })

    user.edit(own, 'two')

    const [, edit] = await updates()
    expect(edit?.edited_message).toMatchObject({
      message_id: own.message_id,
      text: 'two',
      edit_date: own.date + 2,
    })
  })

  test('a long paste as several messages of at most 4096 characters', async () => {
    const { user, updates } = await open()

    user.sendText('😀'.repeat(5000))

    expect((await updates()).map(({ message }) => [...(message?.text ?? '')].length)).toEqual([4096, 904])
  })

  test('the origin of replies and forwards', async () => {
    const { user, send, updates } = await open()
    const card = await send('card')

    user.reply(card, 'comment')
    user.forward(card)
    user.forwardForeign('news', { channel: 'The News', username: 'news' })
    user.forwardForeign('secret', { name: 'Somebody' })

    expect((await updates()).map(({ message }) => message)).toMatchObject([
      { text: 'comment', reply_to_message: { text: 'card' } },
      { text: 'card', forward_origin: { type: 'user', sender_user: { is_bot: true } } },
      { text: 'news', forward_origin: { type: 'channel', chat: { title: 'The News' } } },
      { text: 'secret', forward_origin: { type: 'hidden_user', sender_user_name: 'Somebody' } },
    ])
  })

  test('an inaccessible message for a tap on a deleted one', async () => {
    const { user, updates } = await open()

    user.tapData('forged', 7)

    expect((await updates())[0]?.callback_query).toMatchObject({
      data: 'forged',
      message: { message_id: 7, date: 0 },
    })
  })

  test('an update when it is blocked and unblocked', async () => {
    const { user, updates, world } = await open()

    user.block()
    expect(() => user.sendText('x')).toThrow('The bot is blocked')
    user.unblock()

    expect((await updates()).map(({ my_chat_member }) => my_chat_member?.new_chat_member.status)).toEqual([
      'kicked',
      'member',
    ])
    expect(world.owner.blocked).toBe(false)
  })

  test('a stranger’s messages in their own chat, once they have started', async () => {
    const { call, updates, world } = await open()
    const stranger = virtualUser(world, { userId: 5, firstName: 'Eve' })

    const before = await call('sendMessage', { chat_id: 5, text: 'x' })
    stranger.sendText('/start')
    const after = await call('sendMessage', { chat_id: 5, text: 'x' })

    expect([before.status, after.status]).toEqual([403, 200])
    expect((await updates())[0]?.message).toMatchObject({
      from: { id: 5, first_name: 'Eve' },
      chat: { id: 5, type: 'private' },
    })
    expect(stranger.lastMessage().text).toBe('x')
  })

  test('a group’s messages with author and topic, and nothing once it is removed', async () => {
    const { call, updates, world } = await open()
    const { chat, ...room } = addSupergroup(world, { title: 'Team', members: [1001], topics: true })
    const user = virtualUser(world, { chatId: chat.id })
    const { threadId } = openTopic(world, { chatId: chat.id, name: 'Work' })

    user.sendText('in general')
    user.sendText('in work', { threadId })
    removeTopic(world, { chatId: chat.id, threadId })
    const gone = await call('sendMessage', { chat_id: chat.id, text: 'x', message_thread_id: threadId })

    setBotStatus(world, { chatId: chat.id, status: 'left' })
    user.sendText('among us')

    const heard = await updates()
    expect(heard.at(-1)?.my_chat_member).toMatchObject({
      old_chat_member: { status: 'administrator' },
      new_chat_member: { status: 'left' },
    })
    expect(heard.flatMap(({ message }) => message ?? [])).toMatchObject([
      { forum_topic_created: { name: 'Work' } },
      { text: 'in general', chat: { id: chat.id, type: 'supergroup', is_forum: true } },
      { text: 'in work', message_thread_id: threadId, is_topic_message: true },
    ])
    expect(gone.description).toBe('Bad Request: message thread not found')
    expect(room.members).toEqual(new Set([1001]))
  })
})

test('shows a person the commands of the narrowest scope', async () => {
  const { call, chatId, world } = await openTestPlayground()
  const room = world.rooms.get(chatId)
  const seen = () =>
    room === undefined ? [] : commandsFor(world, room, chatId).map(({ command }) => command)
  const set = (command: string, scope?: object) => {
    return call('setMyCommands', {
      commands: [{ command, description: 'x' }],
      ...(scope === undefined ? {} : { scope }),
    })
  }
  const mine = { type: 'chat', chat_id: chatId }

  await set('start')
  expect(seen()).toEqual(['start'])
  await set('private', { type: 'all_private_chats' })
  expect(seen()).toEqual(['private'])
  await set('board', mine)
  expect(seen()).toEqual(['board'])
  await call('deleteMyCommands', { scope: mine })
  expect(seen()).toEqual(['private'])
  expect((await call('getMyCommands')).result).toEqual([{ command: 'start', description: 'x' }])
})

test('shows the profile and the menu button that the bot set', async () => {
  const { api, chatId } = await openTestPlayground()

  await api.setMyName('Board')
  await api.setMyDescription('What it does')
  await api.setMyShortDescription('Short')
  await api.setChatMenuButton({ chat_id: chatId, menu_button: { type: 'commands' } })

  expect((await api.getMe()).first_name).toBe('Board')
  expect(await api.getMyDescription()).toEqual({ description: 'What it does' })
  expect(await api.getMyShortDescription()).toEqual({ short_description: 'Short' })
  expect(await api.getChatMenuButton({ chat_id: chatId })).toEqual({ type: 'commands' })
  expect(await api.getChatMenuButton()).toEqual({ type: 'default' })
})
