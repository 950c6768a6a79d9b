import { InlineKeyboard } from 'grammy'
import type { StoredPicture, StoredRequest } from '../../telegram/store/messages/stored-request.ts'
import type { Card } from './card.ts'
import type { Html } from './html.ts'

/** How a card is sent. */
export interface SendOptions {
  readonly silent?: boolean
  readonly replyTo?: number | undefined
}

/**
 * Builds the Bot API call that sends a card; with a file or a picture, the card is its caption. `line` replaces the card if
 * several messages are combined into a list.
 */
export function toRequest(
  card: Card,
  {
    file,
    picture,
    line,
    ...how
  }: SendOptions & {
    readonly file?: { readonly name: string; readonly content: string } | undefined
    readonly picture?: StoredPicture | undefined
    readonly line?: Html | undefined
  } = {},
): StoredRequest {
  const short = line === undefined ? {} : { line: line.html }
  if (picture !== undefined) return { ...toCaption('sendPhoto', card, how), ...short, picture }
  if (file !== undefined) return { ...toCaption('sendDocument', card, how), ...short, file }
  const parameters = { text: card.text.html, ...common(card, how), ...preview(card) }
  return { method: 'sendMessage', parameters, ...short }
}

/** Builds the Bot API call that sends a card as a caption. */
export function toCaption(method: StoredRequest['method'], card: Card, how: SendOptions = {}): StoredRequest {
  return { method, parameters: { caption: card.text.html, ...common(card, how) } }
}

function common(card: Card, { silent = false, replyTo }: SendOptions) {
  const keyboard = card.asks ? (card.keyboard ?? new InlineKeyboard()).clone().forceReply() : card.keyboard
  return {
    parse_mode: 'HTML',
    ...(keyboard === undefined ? {} : { reply_markup: keyboard }),
    ...(silent ? { disable_notification: true } : {}),
    ...(replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  }
}

// A link preview shows the picture; a photo message couldn't be edited back to text.
function preview({ picture }: Card) {
  const options =
    picture === undefined
      ? { is_disabled: true }
      : { url: picture, prefer_large_media: true, show_above_text: true }
  return { link_preview_options: options }
}
