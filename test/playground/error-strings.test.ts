import type { Message } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { blockBot } from '../../src/playground/world/membership.ts'
import { sendText } from '../../src/playground/world/person.ts'
import { tap } from '../../src/playground/world/tap.ts'
import { addPerson } from '../../src/playground/world/world.ts'
import { openTestPlayground, type TestPlayground } from './bot-api.ts'

const unchanged =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'
const old = 'query is too old and response timeout expired or query ID is invalid'
const button = (more: object) => ({ inline_keyboard: [[{ text: 'A', ...more }]] })

describe('sending', () => {
  test.each([
    ['no text', { text: '' }, 'message text is empty'],
    ['nothing at all', { text: undefined }, 'message text is empty'],
    ['only white space', { text: ' \n ' }, 'text must be non-empty'],
    ['only invisible characters', { text: '\u200b\u2060' }, 'text must be non-empty'],
    ['only empty tags', { text: '<b></b>', parse_mode: 'HTML' }, 'text must be non-empty'],
    ['4097 characters', { text: '😀'.repeat(4097) }, 'message is too long'],
    ['more than 32768 bytes', { text: '<b></b>'.repeat(5000), parse_mode: 'HTML' }, 'text is too long'],
    ['an unknown parse mode', { parse_mode: 'Text' }, 'unsupported parse_mode'],
    [
      'a broken tag',
      { text: 'a < b', parse_mode: 'HTML' },
      'can\'t parse entities: Unsupported start tag "" at byte offset 2',
    ],
    ['no chat', { chat_id: undefined }, 'chat_id is empty'],
    ['an unknown chat', { chat_id: 7 }, 'chat not found'],
    ['an unknown topic', { message_thread_id: 7 }, 'message thread not found'],
    ['a reply to nothing', { reply_parameters: { message_id: 7 } }, 'message to be replied not found'],
    [
      'callback data of 65 bytes',
      { reply_markup: button({ callback_data: 'é'.repeat(33) }) },
      'BUTTON_DATA_INVALID',
    ],
    [
      'empty callback data',
      { reply_markup: button({ callback_data: '' }) },
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'a button that does nothing',
      { reply_markup: button({}) },
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'an unknown style',
      { reply_markup: button({ callback_data: 'a', style: 'red' }) },
      "can't parse inline keyboard button: invalid button style specified",
    ],
    [
      'a link to this machine',
      { reply_markup: button({ url: 'http://localhost:3000/' }) },
      "inline keyboard button URL 'http://localhost:3000/' is invalid: Wrong HTTP URL",
    ],
    ['a markup that is no JSON', { reply_markup: '{' }, "can't parse reply keyboard markup JSON object"],
    ['a markup that is a list', { reply_markup: [] }, 'object expected as reply markup'],
    [
      'a markup that is too long',
      {
        reply_markup: {
          inline_keyboard: Array.from({ length: 100 }, () => [
            { text: 'x'.repeat(60), callback_data: 'y'.repeat(60) },
          ]),
        },
      },
      'reply markup is too long',
    ],
    [
      'an entity that ends behind the text',
      { entities: [{ type: 'bold', offset: 0, length: 9 }] },
      'entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9',
    ],
  ])('refuses %s', async (_, params, description) => {
    const { call, chatId } = await openTestPlayground()

    const reply = await call('sendMessage', { chat_id: chatId, text: 'x', ...params })

    expect(reply).toMatchObject({
      status: 400,
      ok: false,
      error_code: 400,
      description: `Bad Request: ${description}`,
    })
  })

  test('refuses a quote that is not part of the message', async () => {
    const { call, chatId, send } = await openTestPlayground()
    const { message_id } = await send('one two')

    const reply = await call('sendMessage', {
      chat_id: chatId,
      text: 'x',
      reply_parameters: { message_id, quote: 'three' },
    })

    expect(reply.description).toBe('Bad Request: QUOTE_TEXT_INVALID')
  })

  test('is forbidden to a person who blocked the bot or never started it', async () => {
    const { call, chatId, world } = await openTestPlayground()
    addPerson(world, { id: 5, firstName: 'Shy', started: false })
    blockBot(world)

    const blocked = await call('sendMessage', { chat_id: chatId, text: 'x' })
    const unknown = await call('sendMessage', { chat_id: 5, text: 'x' })

    expect(blocked).toMatchObject({ status: 403, description: 'Forbidden: bot was blocked by the user' })
    expect(unknown).toMatchObject({
      status: 403,
      description: "Forbidden: bot can't initiate conversation with a user",
    })
  })

  test('counts 4096 characters as code points, not as UTF-16 units', async () => {
    const { send } = await openTestPlayground()

    const message = await send('😀'.repeat(4096))

    expect([...(message.text ?? '')]).toHaveLength(4096)
  })
})

describe('targets', () => {
  type Case = readonly [
    string,
    string,
    (test: TestPlayground, own: Message, incoming: Message) => object,
    string,
  ]
  const cases: readonly Case[] = [
    ['editing nothing', 'editMessageText', () => ({ message_id: 7, text: 'y' }), 'message to edit not found'],
    [
      'editing what a person wrote',
      'editMessageText',
      (_, __, { message_id }) => ({ message_id, text: 'y' }),
      "message can't be edited",
    ],
    [
      'an edit that changes nothing',
      'editMessageText',
      (_, { message_id }) => ({ message_id, text: 'own' }),
      unchanged,
    ],
    [
      'a caption where none can be',
      'editMessageCaption',
      (_, { message_id }) => ({ message_id, caption: 'y' }),
      'there is no caption in the message to edit',
    ],
    [
      'a keyboard that changes nothing',
      'editMessageReplyMarkup',
      (_, { message_id }) => ({ message_id }),
      unchanged,
    ],
    [
      'an edit with another markup',
      'editMessageText',
      (_, { message_id }) => ({ message_id, text: 'y', reply_markup: { force_reply: true } }),
      'inline keyboard expected',
    ],
    ['deleting nothing', 'deleteMessage', () => ({ message_id: 7 }), 'message to delete not found'],
    ['pinning nothing', 'pinChatMessage', () => ({ message_id: 7 }), 'message to pin not found'],
    ['unpinning nothing', 'unpinChatMessage', () => ({}), 'message to unpin not found'],
    ['reacting to nothing', 'setMessageReaction', () => ({ message_id: 7 }), 'message to react not found'],
    [
      'a reaction that is not allowed',
      'setMessageReaction',
      (_, { message_id }) => ({ message_id, reaction: [{ type: 'emoji', emoji: '✅' }] }),
      'REACTION_INVALID',
    ],
    [
      'forwarding nothing',
      'forwardMessage',
      ({ chatId }) => ({ from_chat_id: chatId, message_id: 7 }),
      'message to forward not found',
    ],
    [
      'copying nothing',
      'copyMessage',
      ({ chatId }) => ({ from_chat_id: chatId, message_id: 7 }),
      'message to copy not found',
    ],
    [
      'an unknown chat action',
      'sendChatAction',
      () => ({ action: 'dancing' }),
      'wrong parameter action in request',
    ],
    [
      'a photo that is none',
      'sendPhoto',
      () => ({ photo: 'unknown' }),
      'wrong file identifier/HTTP URL specified',
    ],
    ['a topic where there are none', 'createForumTopic', () => ({ name: 'x' }), 'the chat is not a forum'],
  ]

  test.each(cases)('refuses %s', async (_, method, paramsOf, description) => {
    const test = await openTestPlayground()
    const own = await test.send('own')
    const incoming = sendText(test.world, { text: 'incoming' })

    const reply = await test.call(method, { chat_id: test.chatId, ...paramsOf(test, own, incoming) })

    expect(reply).toMatchObject({ status: 400, description: `Bad Request: ${description}` })
  })

  test('refuses to edit a message that carries a prompt or was forwarded', async () => {
    const { call, chatId, send } = await openTestPlayground()
    const prompt = await send('Which?', { reply_markup: { force_reply: true } })
    const forwarded = await call('forwardMessage', {
      chat_id: chatId,
      from_chat_id: chatId,
      message_id: prompt.message_id,
    })

    const replies = [prompt, forwarded.result as Message].map(({ message_id }) => {
      return call('editMessageText', { chat_id: chatId, message_id, text: 'y' })
    })

    for (const reply of await Promise.all(replies)) {
      expect(reply.description).toBe("Bad Request: message can't be edited")
    }
  })

  test('refuses deletion after 48 hours but allows edits forever', async () => {
    const { call, chatId, clock, send } = await openTestPlayground()
    const { message_id } = await send('old')
    clock.advance({ hours: 48, minutes: 1 })

    const deleted = await call('deleteMessage', { chat_id: chatId, message_id })
    const edited = await call('editMessageText', { chat_id: chatId, message_id, text: 'new' })

    expect(deleted.description).toBe("Bad Request: message can't be deleted for everyone")
    expect(edited.ok).toBe(true)
  })

  test('refuses an answer to a tap that is unknown, already answered or too old', async () => {
    const { call, chatId, clock, send, world } = await openTestPlayground()
    const { message_id } = await send('own', { reply_markup: button({ callback_data: 'a' }) })
    const press = () => {
      const result = tap(world, { userId: chatId, messageId: message_id, row: 0, column: 0 })
      return result.kind === 'callback' ? result.queryId : ''
    }
    const answer = (callback_query_id: string) => call('answerCallbackQuery', { callback_query_id })
    const first = press()
    const late = press()

    expect((await answer('7')).description).toBe(`Bad Request: ${old}`)
    expect((await answer(first)).ok).toBe(true)
    expect((await answer(first)).description).toBe(`Bad Request: ${old}`)
    clock.advance({ ms: 15_001 })
    expect((await answer(late)).description).toBe(`Bad Request: ${old}`)
  })
})

test.each([
  [{ command: '', description: 'x' }, 'command must be non-empty'],
  [{ command: 'a'.repeat(33), description: 'x' }, 'command length must not exceed 32'],
  [{ command: 'a', description: '' }, 'command description must be non-empty'],
  [{ command: 'a', description: 'x'.repeat(257) }, 'command description length must not exceed 256'],
  [{ command: 'Start', description: 'x' }, 'BOT_COMMAND_INVALID'],
])('refuses the command %j', async (command, description) => {
  const { call } = await openTestPlayground()

  const reply = await call('setMyCommands', { commands: [command] })

  expect(reply).toMatchObject({ status: 400, description: `Bad Request: ${description}` })
})
