import { isDeepStrictEqual } from 'node:util'
import type { InlineKeyboardMarkup, Message } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import { captionContentOf, type TextParams, textContentOf } from '../text/text-content.ts'
import { toMarkup } from '../world/keyboard.ts'
import type { Room } from '../world/model.ts'
import { replacePost, unixTime } from '../world/posting.ts'
import type { Post } from '../world/records.ts'
import { requireTarget, requireWritableRoom } from '../world/target.ts'
import { mediaContent, requireKind } from './media.ts'
import type { CallContext, Opts } from './method.ts'

interface EditParams {
  readonly chat_id?: number | string
  readonly message_id?: number
  readonly reply_markup?: InlineKeyboardMarkup
}

export function editMessageText(params: Opts<'editMessageText'>, context: CallContext): Message {
  const target = requireEditable(params, context)
  const { entities: _, link_preview_options: __, ...before } = target.post.message
  const content = textContentOf(context.world, context.method, params as TextParams)
  if (before.text === undefined) refuseCall(400, 'Bad Request: there is no text in the message to edit')
  return change(params, context, target, { ...before, ...content })
}

export function editMessageCaption(params: Opts<'editMessageCaption'>, context: CallContext): Message {
  const target = requireEditable(params, context)
  const { caption: _, caption_entities: __, ...before } = target.post.message
  if (before.text !== undefined) refuseCall(400, 'Bad Request: there is no caption in the message to edit')
  return change(params, context, target, {
    ...before,
    ...captionContentOf(context.world, context.method, params),
  })
}

export async function editMessageMedia(
  params: Opts<'editMessageMedia'>,
  context: CallContext,
): Promise<Message> {
  const target = requireEditable(params, context)
  const { photo, document, caption: _, caption_entities: __, ...before } = target.post.message
  if (photo === undefined && document === undefined) {
    refuseCall(400, 'Bad Request: there is no media in the message to edit')
  }
  const content = await mediaContent(requireKind(params.media.type), String(params.media.media), context)
  const caption = captionContentOf(context.world, context.method, params.media)
  return change(params, context, target, { ...before, ...content, ...caption })
}

export function editMessageReplyMarkup(
  params: Opts<'editMessageReplyMarkup'>,
  context: CallContext,
): Message {
  const target = requireEditable(params, context)
  return change(params, context, target, target.post.message)
}

/** Forwarded messages and messages with a reply keyboard can't be edited; age doesn't matter. */
function requireEditable(
  params: EditParams,
  { world }: CallContext,
): { readonly room: Room; readonly post: Post } {
  if (params.chat_id === undefined) refuseCall(400, 'Bad Request: chat_id is empty')
  const room = requireWritableRoom(world, params.chat_id)
  const post = requireTarget(room, params.message_id, 'edit')
  if (!post.fromBot || post.message.forward_origin !== undefined || post.prompt !== undefined) {
    refuseCall(400, "Bad Request: message can't be edited")
  }
  return { room, post }
}

/** An edit without a keyboard removes the keyboard. */
function change(
  params: EditParams,
  context: CallContext,
  { room, post }: { room: Room; post: Post },
  content: Message,
): Message {
  const { reply_markup: markupBefore, edit_date, ...before } = post.message
  const { reply_markup: _, edit_date: __, ...after } = content
  const { reply_markup: markup } = toMarkup(context.world, context.method, params.reply_markup)
  if (isDeepStrictEqual(before, after) && isDeepStrictEqual(markupBefore, markup)) {
    refuseCall(
      400,
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  }
  if (markup !== undefined && (markup.force_reply ?? false) !== (markupBefore?.force_reply ?? false)) {
    refuseCall(400, "Bad Request: force_reply can't be changed by an edit")
  }
  const message: Message = {
    ...after,
    edit_date: unixTime(context.world),
    ...(markup === undefined ? {} : { reply_markup: markup }),
  }
  return replacePost(context.world, room, { ...post, message }).message
}
