import { type Api, GrammyError, HttpError, InlineKeyboard, InputFile, InputMediaBuilder } from 'grammy'
import type { Store } from '../domain/context.ts'
import {
  beginMessage,
  findMessage,
  type MessagePurpose,
  markEdited,
  markRefused,
  markSent,
  type ReplyTopic,
  retitleMessage,
  type StoredRequest,
} from '../domain/messages.ts'
import type { NoteFile } from '../domain/note-files.ts'
import type { Card } from '../view/card.ts'
import { fitMessage } from '../view/fit.ts'
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
  /** Holds what must never be stored: no copy is kept to be sent again. */
  readonly secret?: true
}

/** Says and shows what the owner asked for; every message is a row before it is sent. */
export interface Sender {
  /** Sends a new message and returns its Telegram id. */
  readonly say: (card: Card, about: About) => Promise<number>
  /** Shows a card in place of a message of the bot's; sends it anew where that one is gone. */
  readonly edit: (messageId: number, card: Card, about: About) => Promise<number>
  readonly sendFile: (
    file: { readonly name: string; readonly content: string | Buffer },
    caption: Card,
    about: About,
  ) => Promise<number>
  readonly sendPicture: (png: Buffer, caption: Card, about: About) => Promise<number>
  /** Shows another picture in place of one of the bot's; sends it anew where that one is gone. */
  readonly editPicture: (messageId: number, png: Buffer, caption: Card, about: About) => Promise<number>
  /** Sends a file that Telegram has already, by its id there; false where it has it no more. */
  readonly sendStored: (file: NoteFile, about: About) => Promise<boolean>
  /** Deletes a message; false where it is gone already or too old. */
  readonly remove: (messageId: number) => Promise<boolean>
}

export interface SenderOptions {
  readonly api: Api
  readonly store: Store
  readonly chatId: number
  readonly threadId: number | null
  /** The topic for what is said in one that is gone; where that is gone too, the chat itself takes it. */
  readonly mainThreadId: number | null
  readonly now: () => Date
}

/** The sender of one chat. */
export function createSender(options: SenderOptions): Sender {
  const { api, store, chatId, threadId, now } = options
  const threads = [...new Set([threadId, options.mainThreadId, null])]

  const inTopic = async <T>(send: () => Promise<T>): Promise<T> => {
    try {
      return await send()
    } catch (error) {
      if (threads.length === 1 || !isTopicGone(error)) throw error
      threads.shift()
      return inTopic(send)
    }
  }

  const deliver = async (
    about: About,
    request: StoredRequest | null,
    send: () => Promise<{ message_id: number }>,
  ): Promise<number> => {
    const { purpose, taskId, topic } = about
    const row = { chatId, threadId, purpose, taskId: taskId ?? null, topic: topic ?? null, request, rank: 0 }
    const id = await beginMessage(store, row, now())
    try {
      const sent = await inTopic(send)
      await markSent(store, id, {
        messageId: sent.message_id,
        contentHash: about.version ?? null,
        now: now(),
      })
      return sent.message_id
    } catch (error) {
      // A connection lost on the way may have lost only the answer.
      const state = error instanceof HttpError && request !== null ? 'uncertain' : 'failed'
      await markRefused(store, id, { state, error: messageOf(error) })
      throw error
    }
  }
  const common = (about: About) => ({
    ...inThread(threads[0] ?? null),
    ...(about.silent ? { disable_notification: true } : {}),
    ...(about.replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: about.replyTo, allow_sending_without_reply: true } }),
  })
  const say = (long: Card, about: About) => {
    const card = fitted(long)
    const parameters = () => ({ ...common(about), ...markup(card), ...preview(card) })
    const request = {
      method: 'sendMessage',
      parameters: { ...parameters(), text: card.text.html, parse_mode: 'HTML' },
    } as const
    return deliver(about, about.secret ? null : request, () =>
      withoutMarkup(card, (text) => api.sendMessage(chatId, text.text, { ...text.mode, ...parameters() })),
    )
  }

  const sendPicture = (png: Buffer, caption: Card, about: About) =>
    deliver(about, null, () =>
      withoutMarkup(caption, (text) =>
        api.sendPhoto(chatId, pictureFile(png), {
          caption: text.text,
          ...text.mode,
          ...common(about),
          ...markup(caption),
        }),
      ),
    )
  const showInPlace = async (
    messageId: number,
    about: About,
    { edit, anew }: { readonly edit: () => Promise<unknown>; readonly anew: () => Promise<number> },
  ): Promise<number> => {
    try {
      await edit()
    } catch (error) {
      if (isGone(error)) return anew()
      if (!isUnchanged(error)) throw error
    }
    const row = await findMessage(store, chatId, messageId)
    if (row !== null) await markEdited(store, row.id, about.version ?? null, now())
    await retitleMessage(store, chatId, messageId, { ...about, taskId: about.taskId ?? null })
    return messageId
  }

  return {
    say,
    edit: (messageId, long, about) => {
      const card = fitted(long)
      return showInPlace(messageId, about, {
        edit: () =>
          withoutMarkup(card, (text) =>
            api.editMessageText(chatId, messageId, text.text, {
              ...text.mode,
              ...markup(card),
              ...preview(card),
            }),
          ),
        anew: () => say(card, about),
      })
    },
    sendFile: (file, caption, about) =>
      deliver(about, null, () =>
        withoutMarkup(caption, (text) =>
          api.sendDocument(chatId, new InputFile(Buffer.from(file.content), file.name), {
            caption: text.text,
            ...text.mode,
            ...common(about),
            ...markup(caption),
          }),
        ),
      ),
    sendPicture,
    editPicture: (messageId, png, caption, about) =>
      showInPlace(messageId, about, {
        edit: () =>
          withoutMarkup(caption, (text) => {
            const media = InputMediaBuilder.photo(pictureFile(png), { caption: text.text, ...text.mode })
            return api.editMessageMedia(chatId, messageId, media, markup(caption))
          }),
        anew: () => sendPicture(png, caption, about),
      }),
    sendStored: async (file, about) => {
      try {
        await deliver(about, null, () => sendById(api, chatId, file, common(about)))
        return true
      } catch (error) {
        if (error instanceof GrammyError) return false
        throw error
      }
    },
    remove: async (messageId) => {
      try {
        return await api.deleteMessage(chatId, messageId)
      } catch (error) {
        // Gone already, or older than the 48 hours within which a bot may delete.
        if (error instanceof GrammyError && error.error_code === 400) return false
        throw error
      }
    },
  }
}

// Views keep to the limits; this is for the one that forgot.
function fitted(card: Card): Card {
  return { ...card, text: fitMessage(card.text) }
}

function sendById(
  api: Api,
  chatId: number,
  { kind, fileId }: NoteFile,
  parameters: object,
): Promise<{ message_id: number }> {
  switch (kind) {
    case 'photo':
      return api.sendPhoto(chatId, fileId, parameters)
    case 'file':
      return api.sendDocument(chatId, fileId, parameters)
    case 'video':
      return api.sendVideo(chatId, fileId, parameters)
    case 'audio':
      return api.sendAudio(chatId, fileId, parameters)
    case 'voice':
      return api.sendVoice(chatId, fileId, parameters)
    case 'animation':
      return api.sendAnimation(chatId, fileId, parameters)
  }
}

// A preview shows a picture without making the message one of a picture, whose text could not be edited any more.
function preview({ picture }: Card) {
  const options =
    picture === undefined
      ? { is_disabled: true }
      : { url: picture, prefer_large_media: true, show_above_text: true }
  return { link_preview_options: options }
}

function pictureFile(png: Buffer): InputFile {
  return new InputFile(png, 'picture.png')
}

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

function inThread(threadId: number | null) {
  return threadId === null ? {} : { message_thread_id: threadId }
}

function isTopicGone(error: unknown): boolean {
  return error instanceof GrammyError && /message thread not found|TOPIC_DELETED/.test(error.description)
}

// A question's message stays one, so a screen cannot stand in its place.
function isGone(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    /force_reply can't be changed|message to edit not found|message can't be edited|there is no (?:text|media) in the message|MESSAGE_ID_INVALID/.test(
      error.description,
    )
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
