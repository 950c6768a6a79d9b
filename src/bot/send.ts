import { type Api, GrammyError, HttpError, InlineKeyboard, InputFile } from 'grammy'
import type { Store } from '../domain/context.ts'
import {
  beginMessage,
  findMessage,
  markEdited,
  markRefused,
  markSent,
  type MessagePurpose,
  type ReplyTopic,
  type StoredRequest,
  retitleMessage,
} from '../domain/messages.ts'
import type { Card } from '../view/card.ts'
import { plainText } from '../view/html.ts'

/** What a message is about, which is what a reply to it means. */
export interface About {
  readonly purpose: MessagePurpose
  readonly taskId?: string | null
  readonly topic?: ReplyTopic | null
  readonly replyTo?: number | undefined
  readonly silent?: boolean
  /** The version of the task that is shown, so that a card that shows the truth is not edited again. */
  readonly version?: string
}

/** Says and shows what the owner asked for; every message is a row before it is sent. */
export interface Sender {
  /** Sends a new message and returns its Telegram id. */
  readonly say: (card: Card, about: About) => Promise<number>
  /** Shows a card in place of a message of the bot's; sends it anew where that one is gone. */
  readonly edit: (messageId: number, card: Card, about: About) => Promise<number>
  readonly sendFile: (file: { readonly name: string; readonly content: string | Buffer }, caption: Card, about: About) => Promise<number>
  readonly sendPicture: (png: Buffer, caption: Card, about: About) => Promise<number>
  readonly remove: (messageId: number) => Promise<void>
}

export interface SenderOptions {
  readonly api: Api
  readonly store: Store
  readonly chatId: number
  readonly threadId: number | null
  readonly now: () => Date
}

/** The sender of one chat. */
export function createSender(options: SenderOptions): Sender {
  const { api, store, chatId, threadId, now } = options
  const thread = threadId === null ? {} : { message_thread_id: threadId }

  const deliver = async (
    about: About,
    request: StoredRequest | null,
    send: () => Promise<{ message_id: number }>,
  ): Promise<number> => {
    const { purpose, taskId, topic } = about
    const row = { chatId, threadId, purpose, taskId: taskId ?? null, topic: topic ?? null, request, rank: 0 }
    const id = await beginMessage(store, row, now())
    try {
      const sent = await send()
      await markSent(store, id, { messageId: sent.message_id, contentHash: about.version ?? null, now: now() })
      return sent.message_id
    } catch (error) {
      // A connection lost on the way may have lost only the answer.
      const state = error instanceof HttpError && request !== null ? 'uncertain' : 'failed'
      await markRefused(store, id, { state, error: messageOf(error) })
      throw error
    }
  }
  const common = (about: About) => ({
    ...thread,
    ...(about.silent ? { disable_notification: true } : {}),
    ...(about.replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: about.replyTo, allow_sending_without_reply: true } }),
  })
  const say = (card: Card, about: About) => {
    const parameters = { ...common(about), ...markup(card), ...noPreview }
    const request = { method: 'sendMessage', parameters: { ...parameters, text: card.text.html, parse_mode: 'HTML' } } as const
    return deliver(about, request, () =>
      withoutMarkup(card, (text) => api.sendMessage(chatId, text.text, { ...text.mode, ...parameters })),
    )
  }

  return {
    say,
    edit: async (messageId, card, about) => {
      try {
        await withoutMarkup(card, (text) =>
          api.editMessageText(chatId, messageId, text.text, { ...text.mode, ...markup(card), ...noPreview }),
        )
      } catch (error) {
        if (isGone(error)) return say(card, about)
        if (!isUnchanged(error)) throw error
      }
      const row = await findMessage(store, chatId, messageId)
      if (row !== null) await markEdited(store, row.id, about.version ?? null, now())
      await retitleMessage(store, chatId, messageId, { ...about, taskId: about.taskId ?? null })
      return messageId
    },
    sendFile: (file, caption, about) => {
      const parameters = { ...common(about), ...markup(caption) }
      return deliver(about, null, () =>
        withoutMarkup(caption, (text) =>
          api.sendDocument(chatId, new InputFile(Buffer.from(file.content), file.name), {
            caption: text.text,
            ...text.mode,
            ...parameters,
          }),
        ),
      )
    },
    sendPicture: (png, caption, about) =>
      deliver(about, null, () =>
        withoutMarkup(caption, (text) =>
          api.sendPhoto(chatId, new InputFile(png, 'chart.png'), { caption: text.text, ...text.mode, ...common(about), ...markup(caption) }),
        ),
      ),
    remove: async (messageId) => {
      try {
        await api.deleteMessage(chatId, messageId)
      } catch (error) {
        // Gone already, or older than the 48 hours within which a bot may delete: either way nothing more to do.
        if (!(error instanceof GrammyError && error.error_code === 400)) throw error
      }
    },
  }
}

const noPreview = { link_preview_options: { is_disabled: true } } as const

function markup(card: Card): { reply_markup?: InlineKeyboard } {
  if (card.asks) return { reply_markup: (card.keyboard ?? new InlineKeyboard()).clone().forceReply() }
  return card.keyboard === undefined ? {} : { reply_markup: card.keyboard }
}

/** Tries the card as HTML; where Telegram cannot parse it, its words as plain text, so that nothing is lost. */
async function withoutMarkup<T>(
  card: Card,
  send: (text: { readonly text: string; readonly mode: { readonly parse_mode?: 'HTML' } }) => Promise<T>,
): Promise<T> {
  try {
    return await send({ text: card.text.html, mode: { parse_mode: 'HTML' } })
  } catch (error) {
    if (!(error instanceof GrammyError && /can't parse entities/.test(error.description))) throw error
    return send({ text: plainText(card.text), mode: {} })
  }
}

function isUnchanged(error: unknown): boolean {
  return error instanceof GrammyError && error.description.includes('message is not modified')
}

function isGone(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    /message to edit not found|message can't be edited|there is no text in the message|MESSAGE_ID_INVALID/.test(error.description)
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
