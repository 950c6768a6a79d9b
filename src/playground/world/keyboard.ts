import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types'
import { refuseCall } from '../protocol/refusal.ts'
import { toCheckedLink } from '../text/links.ts'
import type { World } from './model.ts'
import type { Post } from './records.ts'

export type ReplyMarkup = InlineKeyboardMarkup | NonNullable<Post['prompt']>

const styles: readonly unknown[] = ['danger', 'success', 'primary']
const actions = [
  'callback_data',
  'url',
  'web_app',
  'login_url',
  'disabled',
  'copy_text',
  'callback_game',
  'pay',
]
const buttonsPerRow = 12
const buttonsOverall = 300

/** Refuses an invalid keyboard with Telegram's exact error, before the schema gives a generic one. */
export function checkMarkup(markup: unknown, { isEdit }: { readonly isEdit: boolean }): void {
  if (markup === undefined) return
  if (typeof markup === 'string')
    refuseCall(400, "Bad Request: can't parse reply keyboard markup JSON object")
  if (!isRecord(markup)) refuseCall(400, 'Bad Request: object expected as reply markup')
  const rows = markup.inline_keyboard
  if (rows === undefined && isEdit) refuseCall(400, 'Bad Request: inline keyboard expected')
  if (!Array.isArray(rows)) return
  for (const button of rows.flat()) checkButton(button)
  if (sizeOf(rows.flat()) > 10_240) {
    refuseCall(400, 'Bad Request: reply markup is too long', { violation: 'limit' })
  }
}

/** Telegram limits its undocumented binary encoding. The strings plus a few bytes per button approximate it. */
function sizeOf(buttons: readonly Record<string, unknown>[]): number {
  const strings = buttons.flatMap((button) =>
    Object.values(button).filter((value) => typeof value === 'string'),
  )
  return strings.reduce((sum, value) => sum + Buffer.byteLength(value), 16 * buttons.length)
}

function checkButton(button: unknown): void {
  if (!isRecord(button))
    refuseCall(400, "Bad Request: can't parse inline keyboard button: InlineKeyboardButton must be an Object")
  const { style, callback_data: data, url, text } = button
  if (style !== undefined && !styles.includes(style)) {
    refuseCall(400, "Bad Request: can't parse inline keyboard button: invalid button style specified")
  }
  const isInline = Object.keys(button).some((key) => key.startsWith('switch_inline_query'))
  if (data === '' || (!isInline && !actions.some((action) => button[action] !== undefined))) {
    refuseCall(
      400,
      "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    )
  }
  if (typeof data === 'string' && Buffer.byteLength(data) > 64)
    refuseCall(400, 'Bad Request: BUTTON_DATA_INVALID')
  if (typeof url === 'string' && toCheckedLink(url) === null) {
    refuseCall(400, `Bad Request: inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`)
  }
  if (text === undefined)
    refuseCall(400, `Bad Request: can't parse inline keyboard button: Can't find field "text"`)
}

/**
 * Converts a checked markup to what the message stores. Telegram silently drops buttons without text, the 13th in a row and the
 * 301st in total; the playground records that as a violation.
 */
export function toMarkup(
  world: World,
  method: string,
  markup: ReplyMarkup | undefined,
): { readonly reply_markup?: InlineKeyboardMarkup; readonly prompt?: NonNullable<Post['prompt']> } {
  if (markup === undefined) return {}
  if (!('inline_keyboard' in markup)) return { prompt: markup }
  let left = buttonsOverall
  const rows: InlineKeyboardButton[][] = []
  for (const row of markup.inline_keyboard) {
    const kept = row.filter(({ text }) => text.trim() !== '').slice(0, Math.min(buttonsPerRow, left))
    left -= kept.length
    if (kept.length > 0) rows.push(kept)
  }
  const dropped = markup.inline_keyboard.flat().length - rows.flat().length
  if (dropped > 0) {
    const detail = `${dropped} buttons are dropped: they have no text, or are more than 12 in a row or 300 in all`
    world.emit({ type: 'violation', violation: { kind: 'silent-drop', method, detail } })
  }
  if (rows.length === 0) return {}
  const forceReply = markup.force_reply === true ? { force_reply: true } : {}
  return { reply_markup: { inline_keyboard: rows, ...forceReply } }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
