import type { Message, MessageOrigin } from 'grammy/types'
import type { World } from './model.ts'
import { postAsPerson, requirePlace, requirePost, textContent, type Where } from './person.ts'
import { unixTime } from './posting.ts'

/** Forwards a message from a chat that the person sees to a chat with the bot. */
export function forward(
  world: World,
  input: Where & { readonly messageId: number; readonly fromChatId?: number },
): Message {
  const { messageId, fromChatId, ...where } = input
  const chatId = fromChatId ?? where.chatId
  const source = requirePlace(world, {
    ...(where.userId === undefined ? {} : { userId: where.userId }),
    ...(chatId === undefined ? {} : { chatId }),
  })
  return postAsPerson(world, where, forwardedContent(requirePost(source.room, messageId).message))
}

/** Forwards a text from elsewhere: from a person with a hidden account (a name) or from a channel (its title). */
export function forwardForeign(
  world: World,
  input: Where & {
    readonly text: string
    readonly from: { readonly name: string } | { readonly channel: string; readonly username?: string }
  },
): Message {
  const { text, from, ...where } = input
  return postAsPerson(world, where, { ...textContent(text, []), forward_origin: foreignOrigin(world, from) })
}

function foreignOrigin(
  world: World,
  from: { readonly name: string } | { readonly channel: string; readonly username?: string },
): MessageOrigin {
  const date = unixTime(world)
  if ('name' in from) return { type: 'hidden_user', sender_user_name: from.name, date }
  const username = from.username === undefined ? {} : { username: from.username }
  const chat = { id: -1_000_000_000_777, type: 'channel' as const, title: from.channel, ...username }
  return { type: 'channel', chat, message_id: 1, date }
}

/** Returns what a forward keeps of a message: its content and its first origin. */
export function forwardedContent(message: Message): Partial<Message> {
  const origin: MessageOrigin = message.forward_origin ?? {
    type: 'user',
    sender_user: message.from ?? { id: 0, is_bot: false, first_name: 'Nobody' },
    date: message.date,
  }
  return { ...copiedContent(message), forward_origin: origin }
}

// Fields of one delivery of a message, not of its content.
const deliveryFields = [
  'message_id',
  'message_thread_id',
  'is_topic_message',
  'from',
  'sender_chat',
  'chat',
  'date',
  'edit_date',
  'media_group_id',
  'reply_to_message',
  'external_reply',
  'quote',
  'reply_to_story',
  'reply_markup',
  'forward_origin',
]

/** Returns a message's content without sender, time, reply and buttons. */
export function copiedContent(message: Message): Partial<Message> {
  return Object.fromEntries(Object.entries(message).filter(([field]) => !deliveryFields.includes(field)))
}
