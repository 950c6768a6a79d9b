import type { Message } from 'grammy/types'
import type { World } from '../world/model.ts'
import { requirePlace, type Who } from '../world/person.ts'
import type { Post } from '../world/records.ts'
import { type TapResult, tap } from '../world/tap.ts'

/** Returns a message's button labels by row: of its inline keyboard, otherwise of its reply keyboard. */
export function labelsOf(post: Post | Message): string[][] {
  const message = 'message' in post ? post.message : post
  if (message.reply_markup !== undefined) {
    return message.reply_markup.inline_keyboard.map((row) => row.map(({ text }) => text))
  }
  const prompt = 'message' in post ? post.prompt : undefined
  if (prompt === undefined || !('keyboard' in prompt)) return []
  return prompt.keyboard.map((row) =>
    row.map((button) => (typeof button === 'string' ? button : button.text)),
  )
}

/** Presses a button by its whole label, or part of it, on a message or on the newest message that has it. */
export function tapLabel(
  world: World,
  input: Who & { readonly label: string | RegExp; readonly messageId?: number },
): TapResult {
  const { label, messageId, ...who } = input
  const { room } = requirePlace(world, who)
  const messages = [...room.posts.values()].map(({ message }) => message).reverse()
  const among =
    messageId === undefined ? messages : messages.filter(({ message_id }) => message_id === messageId)
  const buttons = among.flatMap((message) => {
    const rows = message.reply_markup?.inline_keyboard ?? []
    return rows.flatMap((cells, row) => {
      return cells.map(({ text }, column) => ({ text, messageId: message.message_id, row, column }))
    })
  })
  const found =
    typeof label === 'string'
      ? (buttons.find(({ text }) => text === label) ?? buttons.find(({ text }) => text.includes(label)))
      : buttons.find(({ text }) => label.test(text))
  if (found === undefined) {
    const there = buttons.map(({ text }) => text).join(' · ') || 'none'
    throw new Error(`No button "${label}" in chat ${room.chat.id}; there are: ${there}`)
  }
  return tap(world, { ...who, messageId: found.messageId, row: found.row, column: found.column })
}
