import { readdirSync, readFileSync } from 'node:fs'
import type { Message, Update } from 'grammy/types'
import { hasField, unknownFields } from '../../src/bot/kit/message/fields.ts'
import { type PersonContent, sendContent } from '../../src/playground/client/content.ts'
import { addTopic } from '../../src/playground/world/membership.ts'
import { postAsPerson, type Where } from '../../src/playground/world/person.ts'
import { pushUpdate, replacePost } from '../../src/playground/world/posting.ts'
import type { Room, World } from '../../src/playground/world/world.ts'

const folder = new URL('../samples/', import.meta.url)

/** All sample names, in order. */
export const sampleNames = readdirSync(folder)
  .map((name) => name.replace(/\.json$/, ''))
  .sort()

/** Reads the updates that Telegram sent in one situation, as getUpdates returns them. */
export function readSample(name: string): Update[] {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Update[]
}

/** Returns a message's content without sender, time and chat. */
export function contentOf(message: Message): PersonContent {
  const { message_id: _, date: __, chat: ___, from: ____, message_thread_id: _____, ...content } = message
  return content as PersonContent
}

/** Sends content of any kind: people's messages, service messages, and kinds newer than the playground. */
export function post(world: World, where: Where, content: PersonContent): Message {
  const message = content as Message
  const isKnown = !hasField(message, 'service') && unknownFields(message).length === 0
  return isKnown ? sendContent(world, where, content) : postAsPerson(world, where, content)
}

/** Builds a function that sends a sample's messages as the world's owner; message and topic IDs are the world's. */
export function createDelivery(world: World, card: Message | null) {
  const ids = new Map<number, number>()
  return ({ message, edited_message: edited }: Update): Message => {
    if (edited !== undefined) return edit(edited)
    if (message === undefined) throw new Error('A sample has messages and edits alone.')
    const { message_id: id, chat, from, message_thread_id: thread } = message
    const target = targetOf(message.reply_to_message)
    const where = {
      chatId: chat.id,
      ...(thread === undefined ? {} : { threadId: topicOf(requireRoom(chat.id), thread) }),
    }
    const sent = {
      ...contentOf(message),
      ...(from === undefined ? {} : { from }),
      ...(target === undefined ? {} : { reply_to_message: target }),
    } as PersonContent
    const posted = post(world, where, sent)
    ids.set(id, posted.message_id)
    return posted
  }

  function edit(edited: Message): Message {
    const room = requireRoom(edited.chat.id)
    const sent = room.posts.get(ids.get(edited.message_id) ?? 0)
    if (sent === undefined) throw new Error('The sample edits a message that it has not sent.')
    const message = { ...edited, message_id: sent.message.message_id, date: sent.message.date }
    replacePost(world, room, { ...sent, message })
    pushUpdate(world, 'edited_message', message, { chatId: room.chat.id, userId: edited.from?.id ?? 0 })
    return message
  }

  function targetOf(target: Message['reply_to_message']): Message['reply_to_message'] {
    if (target?.from?.is_bot) return card as Message['reply_to_message']
    return (
      target && Object.assign({}, target, { message_id: ids.get(target.message_id) ?? target.message_id })
    )
  }

  function topicOf(room: Room, thread: number): number {
    const known = ids.get(thread) ?? addTopic(world, room, world.owner.user, 'Ideas').threadId
    ids.set(thread, known)
    return known
  }

  function requireRoom(chatId: number): Room {
    const room = world.rooms.get(chatId)
    if (room === undefined) throw new Error(`There is no chat ${chatId}.`)
    return room
  }
}
