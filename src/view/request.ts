import { InlineKeyboard } from 'grammy'
import type { StoredRequest } from '../domain/messages.ts'
import type { Card } from './card.ts'
import type { Html } from './html.ts'

/** The Bot API call that says a card; with a file the card is its caption. `line` stands for it where many become one. */
export function toRequest(
  card: Card,
  {
    silent = false,
    file,
    line,
  }: {
    readonly silent?: boolean
    readonly file?: { readonly name: string; readonly content: string } | undefined
    readonly line?: Html | undefined
  } = {},
): StoredRequest {
  const keyboard = card.asks ? (card.keyboard ?? new InlineKeyboard()).clone().forceReply() : card.keyboard
  const common = {
    parse_mode: 'HTML',
    ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
    ...(silent ? { disable_notification: true } : {}),
  }
  const extras = {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line: line.html }),
  }
  return file === undefined
    ? {
        method: 'sendMessage',
        parameters: { text: card.text.html, ...common, link_preview_options: { is_disabled: true } },
        ...extras,
      }
    : { method: 'sendDocument', parameters: { caption: card.text.html, ...common }, ...extras }
}
