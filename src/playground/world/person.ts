import type { Chat, Message, MessageEntity, ReactionType, TextQuote } from 'grammy/types'
import { withDetectedEntities } from '../text/detect-entities.ts'
import type { Person, Room, World } from './model.ts'
import { addPost, type NewPost, pushUpdate, removePosts, replacePost, unixTime } from './posting.ts'
import type { Post } from './records.ts'

/** Who acts and where; by default the playground's owner in the private chat with the bot. */
export interface Who {
  readonly userId?: number
  readonly chatId?: number
}

export interface Where extends Who {
  readonly threadId?: number
  readonly replyTo?: number
  readonly quote?: TextQuote
  /** Posts as the group or a channel instead of the person. */
  readonly as?: 'group' | Chat.ChannelChat
}

/** Returns an action's person and room; throws if a client wouldn't allow the action. */
export function requirePlace(world: World, who: Who): { person: Person; room: Room } {
  const userId = who.userId ?? world.owner.user.id
  const person = world.people.get(userId)
  if (person === undefined) throw new Error(`Nobody has the id ${userId}: add the person first.`)
  const room = world.rooms.get(who.chatId ?? userId)
  if (room === undefined) throw new Error(`There is no chat ${who.chatId ?? userId}: add it first.`)
  if (!room.members.has(userId)) throw new Error(`${userId} is no member of chat ${room.chat.id}.`)
  return { person, room }
}

/** Posts a person's message to the chat and sends it to the bot. */
export function postAsPerson(world: World, where: Where, content: Partial<Message>): Message {
  const { person, room } = requirePlace(world, where)
  if (room.chat.type === 'private') {
    if (person.blocked) throw new Error('The bot is blocked: unblock it first.')
    person.started = true
  }
  if (where.as === 'group') room.anonymous.add(person.user.id)
  else room.anonymous.delete(person.user.id)
  const { message } = addPost(world, {
    room,
    ...senderOf(person, room, where.as),
    content,
    ...(where.threadId === undefined ? {} : { threadId: where.threadId }),
    ...(where.replyTo === undefined
      ? {}
      : {
          replyTo: { messageId: where.replyTo, ...(where.quote === undefined ? {} : { quote: where.quote }) },
        }),
  })
  if (room.chat.type === 'private' || room.botStatus === 'member' || room.botStatus === 'administrator') {
    pushUpdate(world, 'message', message, { chatId: room.chat.id, userId: person.user.id })
  }
  return message
}

// The accounts that Telegram shows as the sender of a group's or a channel's posts.
const groupAnonymousBot = { id: 1087968824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }
const channelBot = { id: 136817688, is_bot: true, first_name: 'Channel', username: 'Channel_Bot' }

function senderOf({ user }: Person, { chat }: Room, as: Where['as']): Pick<NewPost, 'from' | 'senderChat'> {
  if (as === undefined) return { from: user }
  if (chat.type !== 'supergroup') throw new Error('Only in a supergroup can one post as somebody else.')
  return as === 'group' ? { from: groupAnonymousBot, senderChat: chat } : { from: channelBot, senderChat: as }
}

const maxLength = 4096

/** Sends a text and returns its message. Like clients, it splits a long text into several messages and returns the last one. */
export function sendText(
  world: World,
  input: Where & { readonly text: string; readonly entities?: readonly MessageEntity[] },
): Message {
  const text = input.text.trimEnd()
  if (text.trim() === '') throw new Error('There is nothing to say.')
  const characters = [...text]
  const { text: _, entities, ...where } = input
  let last: Message | undefined
  for (let at = 0; at < characters.length; at += maxLength) {
    const part = characters.slice(at, at + maxLength).join('')
    const given = at === 0 && characters.length <= maxLength ? (entities ?? []) : []
    last = postAsPerson(world, where, textContent(part, given))
  }
  return last as Message
}

/** Opens `t.me/<bot>?start=<payload>` and presses Start. */
export function openStartLink(world: World, input: Who & { readonly payload: string }): Message {
  if (!/^[\w-]{0,64}$/.test(input.payload))
    throw new Error('A start payload has at most 64 of A-Z a-z 0-9 _ -.')
  const { payload, ...who } = input
  return sendText(world, { ...who, text: payload === '' ? '/start' : `/start ${payload}` })
}

/** Edits the text or the caption of one's own message. */
export function editOwn(
  world: World,
  input: Who & {
    readonly messageId: number
    readonly text: string
    readonly entities?: readonly MessageEntity[]
  },
): Message {
  const { person, room } = requirePlace(world, input)
  const post = requirePost(room, input.messageId)
  if (post.message.from?.id !== person.user.id) throw new Error('Only an own message can be edited.')
  const content = textContent(input.text.trim(), input.entities ?? [])
  const { text, entities = [] } = content
  const { entities: _, caption_entities: __, ...before } = post.message
  const message: Message = {
    ...before,
    edit_date: unixTime(world),
    ...(post.message.text === undefined
      ? { caption: text ?? '', ...(entities.length > 0 ? { caption_entities: entities } : {}) }
      : content),
  }
  replacePost(world, room, { ...post, message })
  pushUpdate(world, 'edited_message', message, { chatId: room.chat.id, userId: person.user.id })
  return message
}

/** Sets a person's reaction to a message; null removes it. The bot gets an update only if it asked for reactions. */
export function react(
  world: World,
  input: Who & { readonly messageId: number; readonly emoji: string | null },
): void {
  const { person, room } = requirePlace(world, input)
  const post = requirePost(room, input.messageId)
  const userId = person.user.id
  const before = post.reactions.get(userId) ?? []
  const reaction = input.emoji === null ? [] : [{ type: 'emoji', emoji: input.emoji } as ReactionType]
  setReaction(world, room, post, userId, reaction)
  pushUpdate(
    world,
    'message_reaction',
    {
      chat: room.chat,
      message_id: input.messageId,
      user: person.user,
      date: unixTime(world),
      old_reaction: before,
      new_reaction: reaction,
    },
    { chatId: room.chat.id, userId },
  )
}

/** Stores a reaction. */
export function setReaction(
  world: World,
  room: Room,
  post: Post,
  userId: number,
  reaction: readonly ReactionType[],
): void {
  const reactions = new Map(post.reactions)
  if (reaction.length === 0) reactions.delete(userId)
  else reactions.set(userId, reaction)
  const messageId = post.message.message_id
  room.posts.set(messageId, { ...post, reactions })
  world.emit({ type: 'reaction', chatId: room.chat.id, messageId, userId, reaction })
}

/** Deletes messages for everyone; the bot gets no update. */
export function deleteForEveryone(
  world: World,
  input: Who & { readonly messageIds: readonly number[] },
): void {
  removePosts(world, requirePlace(world, input).room, input.messageIds)
}

/** Builds a text message's content with detected entities. */
export function textContent(text: string, given: readonly MessageEntity[]): Partial<Message> {
  const entities = withDetectedEntities(text, given)
  return entities.length > 0 ? { text, entities } : { text }
}

export function requirePost(room: Room, messageId: number): Post {
  const post = room.posts.get(messageId)
  if (post === undefined) throw new Error(`There is no message ${messageId} in chat ${room.chat.id}.`)
  return post
}
