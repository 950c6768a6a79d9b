import { InlineKeyboard } from 'grammy'
import { type Callback, encodeCallback } from './callbacks.ts'
import type { Html } from './html.ts'

/** What the owner sees: Telegram HTML with the buttons under it. */
export interface Card {
  readonly text: Html
  readonly keyboard?: InlineKeyboard
  /** Opens the reply bar: the reply to this message is the answer to it. */
  readonly asks?: true
  /** Address of a picture shown above the text. */
  readonly picture?: string
}

/** A button of ours: its label, what it means, its colour; or a link, or a text to copy. */
export type Button =
  | { readonly label: string; readonly does: Callback; readonly style?: 'danger' | 'success' | 'primary' }
  | { readonly label: string; readonly url: string }
  | { readonly label: string; readonly copies: string }
  | { readonly label: string; readonly disabled: true }

/** Rows of buttons as a keyboard; empty rows vanish. */
export function keyboard(rows: readonly (readonly Button[])[]): InlineKeyboard {
  const board = new InlineKeyboard()
  for (const row of rows.filter((row) => row.length > 0)) {
    for (const button of row) {
      if ('url' in button) board.url(button.label, button.url)
      else if ('copies' in button) board.copyText(button.label, button.copies.slice(0, 256))
      else if ('disabled' in button) board.disabled(button.label)
      else {
        board.text(button.label, encodeCallback(button.does))
        if (button.style !== undefined) board.style(button.style)
      }
    }
    board.row()
  }
  return board
}

/** The card with one more row of buttons below. */
export function withRow(card: Card, row: readonly Button[]): Card {
  const above = card.keyboard?.inline_keyboard ?? []
  return { ...card, keyboard: new InlineKeyboard([...above, ...keyboard([row]).inline_keyboard]) }
}

/** Buttons in rows of at most `columns`, all about as long: five in fours are three and two. */
export function inRows(buttons: readonly Button[], columns: number): Button[][] {
  const count = Math.ceil(buttons.length / columns)
  const length = Math.ceil(buttons.length / Math.max(1, count))
  return Array.from({ length: count }, (_, row) => buttons.slice(row * length, (row + 1) * length))
}
