import { InlineKeyboard } from 'grammy'
import type { StoredPicture, StoredRequest } from '../domain/messages.ts'
import type { Card } from './card.ts'
import type { Html } from './html.ts'

/**
 * The Bot API call that says a card; with a file or a picture the card is the caption. `line` stands for it where many
 * become one.
 */
export function toRequest(
  card: Card,
  {
    silent = false,
    file,
    picture,
    line,
  }: {
    readonly silent?: boolean
    readonly file?: { readonly name: string; readonly content: string } | undefined
    readonly picture?: StoredPicture | undefined
    readonly line?: Html | undefined
  } = {},
): StoredRequest {
  const keyboard = card.asks ? (card.keyboard ?? new InlineKeyboard()).clone().forceReply() : card.keyboard
  const common = {
    parse_mode: 'HTML',
    ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
    ...(silent ? { disable_notification: true } : {}),
  }
  const short = line === undefined ? {} : { line: line.html }
  const captioned = { parameters: { caption: card.text.html, ...common }, ...short }
  if (picture !== undefined) return { method: 'sendPhoto', ...captioned, picture }
  if (file !== undefined) return { method: 'sendDocument', ...captioned, file }
  const noPreview = { link_preview_options: { is_disabled: true } }
  return { method: 'sendMessage', parameters: { text: card.text.html, ...common, ...noPreview }, ...short }
}
