import type { ChatMember, ForumTopic, Message } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import { addTopic, setBotStatusBy, toChatMember } from '../world/membership.ts'
import type { Room } from '../world/model.ts'
import { setReaction } from '../world/person.ts'
import { addPost, pushUpdate } from '../world/posting.ts'
import { requireRoom, requireTarget, requireWritableRoom } from '../world/target.ts'
import type { CallContext, Opts } from './method.ts'

export function getChat(params: Opts<'getChat'>, { world }: CallContext): object {
  const { chat, pinned, posts } = requireRoom(world, params.chat_id)
  const pin = posts.get(pinned.at(-1) ?? 0)
  return {
    ...chat,
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: false,
      limited_gifts: false,
      unique_gifts: false,
      premium_subscription: false,
      gifts_from_channels: false,
    },
    ...(pin === undefined ? {} : { pinned_message: pin.message }),
  }
}

export function getChatMember(params: Opts<'getChatMember'>, { world }: CallContext): ChatMember {
  const room = requireRoom(world, params.chat_id)
  if (params.user_id === world.bot.user.id) return toChatMember(world.bot.user, room.botStatus)
  const person = world.people.get(params.user_id)
  if (person === undefined) refuseCall(400, 'Bad Request: PARTICIPANT_ID_INVALID')
  if (room.anonymous.has(params.user_id))
    return { ...toChatMember(person.user, 'administrator'), is_anonymous: true } as ChatMember
  return toChatMember(person.user, room.members.has(params.user_id) ? 'member' : 'left')
}

/** The bot leaves a group and gets a my_chat_member update, as for any membership change. */
export function leaveChat(params: Opts<'leaveChat'>, { world }: CallContext): true {
  const room = requireRoom(world, params.chat_id)
  if (room.chat.type === 'private')
    refuseCall(400, "Bad Request: chat member status can't be changed in private chats")
  setBotStatusBy(world, room, world.bot.user, 'left')
  return true
}

export function setMessageReaction(params: Opts<'setMessageReaction'>, { world }: CallContext): true {
  const room = requireWritableRoom(world, params.chat_id)
  const post = requireTarget(room, params.message_id, 'react')
  const reaction = params.reaction ?? []
  if (reaction.length > 1) refuseCall(400, 'Bad Request: REACTIONS_TOO_MANY')
  setReaction(world, room, post, world.bot.user.id, reaction)
  return true
}

/** A pin creates a service message, which the bot also receives. */
export function pinChatMessage(params: Opts<'pinChatMessage'>, { world }: CallContext): true {
  const room = requireWritableRoom(world, params.chat_id)
  const { message } = requireTarget(room, params.message_id, 'pin')
  requireRight(room, 'pin a message')
  if (isService(message)) refuseCall(400, "Bad Request: message can't be pinned")
  if (room.pinned.at(-1) === params.message_id) return true
  unpin(room, params.message_id)
  room.pinned.push(params.message_id)
  world.emit({ type: 'pinned', chatId: room.chat.id, messageId: params.message_id })
  const { reply_to_message: _, ...pinned } = message
  const service = addPost(world, {
    room,
    from: world.bot.user,
    content: { pinned_message: pinned as NonNullable<Message['pinned_message']> },
    silent: params.disable_notification ?? room.chat.type === 'private',
  })
  pushUpdate(world, 'message', service.message, { chatId: room.chat.id, userId: world.bot.user.id })
  return true
}

/** Without a message ID, unpins the newest pin. */
export function unpinChatMessage(params: Opts<'unpinChatMessage'>, { world }: CallContext): true {
  const room = requireWritableRoom(world, params.chat_id)
  requireRight(room, 'unpin a message')
  const messageId = params.message_id ?? room.pinned.at(-1)
  if (messageId === undefined || !unpin(room, messageId))
    refuseCall(400, 'Bad Request: message to unpin not found')
  world.emit({ type: 'unpinned', chatId: room.chat.id, messageId })
  return true
}

export function unpinAllChatMessages(params: Opts<'unpinAllChatMessages'>, { world }: CallContext): true {
  const room = requireWritableRoom(world, params.chat_id)
  requireRight(room, 'unpin a message')
  for (const messageId of room.pinned.splice(0)) {
    world.emit({ type: 'unpinned', chatId: room.chat.id, messageId })
  }
  return true
}

export function createForumTopic(params: Opts<'createForumTopic'>, { world }: CallContext): ForumTopic {
  const room = requireForum(requireWritableRoom(world, params.chat_id))
  requireRight(room, 'create a topic')
  const color = params.icon_color ?? 7322096
  const { threadId } = addTopic(world, room, world.bot.user, params.name, color)
  return { message_thread_id: threadId, name: params.name, icon_color: color }
}

export function editForumTopic(params: Opts<'editForumTopic'>, { world }: CallContext): true {
  const room = requireForum(requireWritableRoom(world, params.chat_id))
  requireRight(room, 'edit a topic')
  const threadId = params.message_thread_id
  const topic = room.topics.get(threadId)
  if (topic === undefined) refuseCall(400, 'Bad Request: TOPIC_ID_INVALID')
  const name = params.name || topic.name
  if (name === topic.name) refuseCall(400, 'Bad Request: TOPIC_NOT_MODIFIED')
  room.topics.set(threadId, { threadId, name })
  world.emit({ type: 'topic', chatId: room.chat.id, threadId, name })
  return true
}

function requireForum(room: Room): Room {
  if (room.chat.is_forum !== true) refuseCall(400, 'Bad Request: the chat is not a forum')
  return room
}

function requireRight(room: Room, what: string): void {
  if (room.chat.type !== 'private' && room.botStatus !== 'administrator') {
    refuseCall(400, `Bad Request: not enough rights to ${what}`)
  }
}

function unpin(room: Room, messageId: number): boolean {
  const at = room.pinned.indexOf(messageId)
  if (at >= 0) room.pinned.splice(at, 1)
  return at >= 0
}

function isService(message: Message): boolean {
  return message.pinned_message !== undefined || message.forum_topic_created !== undefined
}
