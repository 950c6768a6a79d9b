import { InlineKeyboard } from 'grammy'
import type { Html } from './html.ts'

/** A message: Telegram HTML with optional buttons. */
export interface Card {
  readonly text: Html
  readonly keyboard?: InlineKeyboard
  /** Opens the reply bar (ForceReply): the reply is the answer. */
  readonly asks?: true
  /** URL of a picture shown above the text. */
  readonly picture?: string
}

/** A button with a callback, a link, a text to copy, or no effect. */
export type Button =
  | { readonly label: string; readonly data: string; readonly style?: 'danger' | 'success' | 'primary' }
  | { readonly label: string; readonly url: string }
  | { readonly label: string; readonly copies: string }
  | { readonly label: string; readonly disabled: true }

/** Builds a keyboard from rows of buttons, without empty rows. */
export function keyboard(rows: readonly (readonly Button[])[]): InlineKeyboard {
  const board = new InlineKeyboard()
  for (const row of rows.filter((row) => row.length > 0)) {
    for (const button of row) {
      if ('url' in button) board.url(button.label, button.url)
      else if ('copies' in button) board.copyText(button.label, button.copies.slice(0, 256))
      else if ('disabled' in button) board.disabled(button.label)
      else {
        board.text(button.label, button.data)
        if (button.style !== undefined) board.style(button.style)
      }
    }
    board.row()
  }
  return board
}

/** Returns the card with another row of buttons at the bottom. */
export function withRow(card: Card, row: readonly Button[]): Card {
  const above = card.keyboard?.inline_keyboard ?? []
  return { ...card, keyboard: new InlineKeyboard([...above, ...keyboard([row]).inline_keyboard]) }
}

/** Splits buttons into balanced rows of at most `columns`: five in rows of four become three and two. */
export function inRows(buttons: readonly Button[], columns: number): Button[][] {
  const count = Math.ceil(buttons.length / columns)
  const length = Math.ceil(buttons.length / Math.max(1, count))
  return Array.from({ length: count }, (_, row) => buttons.slice(row * length, (row + 1) * length))
}
