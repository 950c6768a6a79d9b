import type { Message } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import { captionContentOf, textContentOf } from '../text/text-content.ts'
import { copiedContent, forwardedContent } from '../world/forward.ts'
import { type ReplyMarkup, toMarkup } from '../world/keyboard.ts'
import { addPost } from '../world/posting.ts'
import {
  type PlaceParams,
  placeOf,
  requireRoom,
  requireTarget,
  requireWritableRoom,
} from '../world/target.ts'
import type { CallContext, Opts } from './method.ts'

export interface SendParams extends PlaceParams {
  readonly chat_id: number | string
  readonly reply_markup?: ReplyMarkup
  readonly protect_content?: boolean
  readonly message_effect_id?: string
}

/** Sends content as the bot and returns the message. */
export function send(params: SendParams, { world, method }: CallContext, content: Partial<Message>): Message {
  const room = requireWritableRoom(world, params.chat_id)
  const { reply_markup, prompt } = toMarkup(world, method, params.reply_markup)
  const { message } = addPost(world, {
    room,
    from: world.bot.user,
    content: {
      ...content,
      ...(reply_markup === undefined ? {} : { reply_markup }),
      ...(params.protect_content ? { has_protected_content: true as const } : {}),
      ...(params.message_effect_id === undefined ? {} : { effect_id: params.message_effect_id }),
    },
    ...placeOf(room, params),
    ...(prompt === undefined ? {} : { prompt }),
  })
  return message
}

export function sendMessage(params: Opts<'sendMessage'>, context: CallContext): Message {
  requireWritableRoom(context.world, params.chat_id)
  return send(params, context, textContentOf(context.world, context.method, params))
}

export function forwardMessage(params: Opts<'forwardMessage'>, context: CallContext): Message {
  const source = requireTarget(requireRoom(context.world, params.from_chat_id), params.message_id, 'forward')
  requireContent(source.message, "the message can't be forwarded")
  return send(params, context, forwardedContent(source.message))
}

export function copyMessage(params: Opts<'copyMessage'>, context: CallContext): { message_id: number } {
  const source = requireTarget(requireRoom(context.world, params.from_chat_id), params.message_id, 'copy')
  requireContent(source.message, "the message can't be copied")
  const { caption: _, caption_entities: __, ...content } = copiedContent(source.message)
  const isCaptioned = params.caption !== undefined && source.message.text === undefined
  const caption = isCaptioned ? captionContentOf(context.world, context.method, params) : undefined
  const { message_id } = send(
    params,
    context,
    caption ? { ...content, ...caption } : copiedContent(source.message),
  )
  return { message_id }
}

function requireContent(message: Message, otherwise: string): void {
  const hasContent =
    message.text !== undefined || message.photo !== undefined || message.document !== undefined
  if (!hasContent || message.has_protected_content) refuseCall(400, `Bad Request: ${otherwise}`)
}

export function sendChatAction(params: Opts<'sendChatAction'>, { world }: CallContext): true {
  const room = requireWritableRoom(world, params.chat_id)
  const { threadId } = placeOf(room, params)
  const inThread = threadId === undefined ? {} : { threadId }
  world.emit({ type: 'chat-action', chatId: room.chat.id, action: params.action, ...inThread })
  return true
}
