import type { ReplyParameters, TextQuote } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import type { Room, World } from './model.ts'
import type { NewPost } from './posting.ts'
import type { Post } from './records.ts'

/** Returns the room with a chat ID; refuses an unknown one. */
export function requireRoom(world: World, chatId: number | string): Room {
  const room = world.rooms.get(Number(chatId))
  if (room === undefined) refuseCall(400, 'Bad Request: chat not found')
  if (room.migratedTo !== undefined) {
    refuseCall(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrateTo: room.migratedTo,
    })
  }
  return room
}

/** Returns a room that the bot may write to; refuses if the bot is blocked, removed or was never started. */
export function requireWritableRoom(world: World, chatId: number | string): Room {
  const room = requireRoom(world, chatId)
  if (room.chat.type === 'private') {
    const person = world.people.get(room.chat.id)
    if (person?.blocked) refuseCall(403, 'Forbidden: bot was blocked by the user')
    if (!person?.started) refuseCall(403, "Forbidden: bot can't initiate conversation with a user")
  }
  if (room.botStatus === 'kicked') refuseCall(403, 'Forbidden: bot was kicked from the supergroup chat')
  if (room.botStatus === 'left') refuseCall(403, 'Forbidden: bot is not a member of the supergroup chat')
  return room
}

/** Returns the post with an ID; `what` completes the error "message to … not found". */
export function requireTarget(room: Room, messageId: number | undefined, what: string): Post {
  const post = messageId === undefined ? undefined : room.posts.get(messageId)
  if (post === undefined) refuseCall(400, `Bad Request: message to ${what} not found`)
  return post
}

export interface PlaceParams {
  readonly message_thread_id?: number
  readonly reply_parameters?: ReplyParameters
  readonly reply_to_message_id?: number
  readonly disable_notification?: boolean
}

/** Resolves topic, reply and silence of a message to send. */
export function placeOf(room: Room, params: PlaceParams): Pick<NewPost, 'threadId' | 'replyTo' | 'silent'> {
  const threadId = params.message_thread_id
  if (threadId !== undefined && !room.topics.has(threadId))
    refuseCall(400, 'Bad Request: message thread not found')
  const replyTo = replyOf(room, params)
  return {
    silent: params.disable_notification ?? false,
    ...(threadId === undefined ? {} : { threadId }),
    ...(replyTo === undefined ? {} : { replyTo }),
  }
}

function replyOf(room: Room, params: PlaceParams): NewPost['replyTo'] {
  const reply = params.reply_parameters
  const messageId = reply?.message_id ?? params.reply_to_message_id
  if (messageId === undefined) return undefined
  const target = room.posts.get(messageId)
  if (target === undefined) {
    if (reply?.allow_sending_without_reply) return undefined
    refuseCall(400, 'Bad Request: message to be replied not found')
  }
  const quote =
    reply === undefined ? undefined : quoteOf(reply, target.message.text ?? target.message.caption ?? '')
  return { messageId, ...(quote === undefined ? {} : { quote }) }
}

function quoteOf(reply: ReplyParameters, text: string): TextQuote | undefined {
  if (reply.quote === undefined || reply.quote === '') return undefined
  const position = text.indexOf(reply.quote, reply.quote_position ?? 0)
  if (position < 0) refuseCall(400, 'Bad Request: QUOTE_TEXT_INVALID')
  return { text: reply.quote, position, is_manual: true }
}
