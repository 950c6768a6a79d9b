import type { Chat, Message, MessageEntity, TextQuote, User } from 'grammy/types'
import type { Room, World } from './model.ts'
import type { Post } from './records.ts'
import type { UpdateKind } from './update-queue.ts'

export interface NewPost {
  readonly room: Room
  readonly from: User
  /** The chat that the message is sent as. */
  readonly senderChat?: Chat
  readonly content: Partial<Message>
  readonly threadId?: number
  readonly replyTo?: { readonly messageId: number; readonly quote?: TextQuote }
  readonly prompt?: Post['prompt']
  readonly silent?: boolean
}

/** Returns the world's time as a Unix timestamp in seconds. */
export function unixTime(world: World): number {
  return Math.floor(world.clock().getTime() / 1000)
}

/** Adds a message to a room and notifies subscribers, but not the bot. */
export function addPost(world: World, input: NewPost): Post {
  const { room, from, threadId } = input
  const messageId = room.chat.type === 'private' ? world.nextId('message') : ++room.lastMessageId
  const message: Message = {
    message_id: messageId,
    from,
    ...(input.senderChat === undefined ? {} : { sender_chat: input.senderChat }),
    chat: room.chat,
    date: unixTime(world),
    ...(threadId === undefined ? {} : { message_thread_id: threadId, is_topic_message: true as const }),
    ...replyFields(room, input),
    ...input.content,
  }
  const post: Post = {
    message,
    fromBot: from.id === world.bot.user.id,
    silent: input.silent ?? false,
    reactions: new Map(),
    ...(input.prompt === undefined ? {} : { prompt: input.prompt }),
  }
  room.posts.set(messageId, post)
  world.emit({ type: 'message', chatId: room.chat.id, post })
  return post
}

/** A message in a topic that isn't a reply counts as a reply to the topic's first message. */
function replyFields(room: Room, { replyTo, threadId }: NewPost): Partial<Message> {
  const target = room.posts.get(replyTo?.messageId ?? threadId ?? 0)
  if (target === undefined) return {}
  const { reply_to_message: _, ...message } = target.message
  return {
    reply_to_message: message as NonNullable<Message['reply_to_message']>,
    ...(replyTo?.quote === undefined ? {} : { quote: replyTo.quote }),
  }
}

/** Replaces a post with its changed version. */
export function replacePost(world: World, room: Room, post: Post): Post {
  room.posts.set(post.message.message_id, post)
  world.emit({ type: 'edited', chatId: room.chat.id, post })
  return post
}

/** Deletes messages and their pins; unknown IDs are skipped. */
export function removePosts(world: World, room: Room, messageIds: readonly number[]): void {
  const gone = messageIds.filter((messageId) => room.posts.delete(messageId))
  for (const messageId of gone) {
    const at = room.pinned.indexOf(messageId)
    if (at >= 0) room.pinned.splice(at, 1)
  }
  if (gone.length > 0) world.emit({ type: 'deleted', chatId: room.chat.id, messageIds: gone })
}

const day = 24 * 60 * 60

/** Queues an update for the bot; its kind determines its lane and lifetime. */
export function pushUpdate(
  world: World,
  kind: UpdateKind,
  payload: object,
  from: { chatId?: number; userId: number },
): number | null {
  const isQuery = kind === 'callback_query' || kind === 'inline_query'
  const seconds = kind === 'callback_query' ? 150 : kind === 'inline_query' ? 30 : day
  const lane = isQuery ? `${kind} ${from.userId}` : `chat ${from.chatId ?? from.userId}`
  return world.updates.push(kind, payload, { lane, seconds, copies: world.faults.takeDoubleUpdate() ? 2 : 1 })
}

/** Returns a message's text or caption with its entities. */
export function textOfPost(message: Message): {
  readonly text: string
  readonly entities: readonly MessageEntity[]
} {
  return {
    text: message.text ?? message.caption ?? '',
    entities: message.entities ?? message.caption_entities ?? [],
  }
}
