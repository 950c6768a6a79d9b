import type { InlineKeyboardButton } from 'grammy/types'
import type { World } from './model.ts'
import { requirePlace, requirePost, type Who } from './person.ts'
import { pushUpdate } from './posting.ts'

/** What pressing a button does in the client. Only `callback` reaches the bot. */
export type TapResult =
  | { readonly kind: 'callback'; readonly queryId: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'copied'; readonly text: string }
  | { readonly kind: 'inline'; readonly query: string; readonly here: boolean }
  | { readonly kind: 'web-app'; readonly url: string }
  | { readonly kind: 'disabled' }

/** Presses a message's button by row and column, from 0. */
export function tap(
  world: World,
  input: Who & { readonly messageId: number; readonly row: number; readonly column: number },
): TapResult {
  const { room } = requirePlace(world, input)
  const { message } = requirePost(room, input.messageId)
  const button = message.reply_markup?.inline_keyboard[input.row]?.[input.column]
  if (button === undefined) {
    throw new Error(`Message ${input.messageId} has no button at row ${input.row}, column ${input.column}.`)
  }
  return press(world, input, button)
}

function press(
  world: World,
  input: Who & { readonly messageId: number },
  button: InlineKeyboardButton,
): TapResult {
  if ('callback_data' in button) return tapData(world, { ...input, data: button.callback_data })
  if ('url' in button) return { kind: 'url', url: button.url }
  if ('copy_text' in button) return { kind: 'copied', text: button.copy_text.text }
  if ('web_app' in button) return { kind: 'web-app', url: button.web_app.url }
  if ('switch_inline_query_current_chat' in button) {
    return { kind: 'inline', query: button.switch_inline_query_current_chat, here: true }
  }
  if ('switch_inline_query' in button)
    return { kind: 'inline', query: button.switch_inline_query, here: false }
  if ('disabled' in button) return { kind: 'disabled' }
  throw new Error(`The playground has no such button: ${JSON.stringify(button)}`)
}

/**
 * Sends callback data even if no button has it, as a stale or forged client can. If the message is deleted, the bot gets an
 * inaccessible message.
 */
export function tapData(
  world: World,
  input: Who & { readonly messageId: number; readonly data: string },
): TapResult {
  const { person, room } = requirePlace(world, input)
  const { messageId, data } = input
  const message = room.posts.get(messageId)?.message ?? { chat: room.chat, message_id: messageId, date: 0 }
  const queryId = String(world.nextId('callback'))
  const userId = person.user.id
  const chatId = room.chat.id
  world.taps.set(queryId, { queryId, userId, chatId, messageId, tappedAt: world.clock().getTime() })
  world.emit({ type: 'tapped', queryId, userId, chatId, messageId })
  pushUpdate(
    world,
    'callback_query',
    { id: queryId, from: person.user, message, chat_instance: String(chatId), data },
    { chatId, userId },
  )
  return { kind: 'callback', queryId }
}
