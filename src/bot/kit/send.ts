import { type Api, InputFile, InputMediaBuilder } from 'grammy'
import type { Store } from '../../domain/core/context.ts'
import type { NoteFile } from '../../domain/tasks/notes/note-files.ts'
import { callTelegram, editToRequest, type Outgoing, sendRequest } from '../../telegram/call.ts'
import type { Outcome } from '../../telegram/outcome.ts'
import { reasonOf, recordSending, stateAfter } from '../../telegram/record-sending.ts'
import { beginSending, type MessagePurpose } from '../../telegram/store/messages/enqueue.ts'
import { markEdited, markForEdit, setSubject } from '../../telegram/store/messages/mark.ts'
import { clearMessageId, findMessage } from '../../telegram/store/messages/messages.ts'
import type { ReplyTopic } from '../../telegram/store/messages/reply-topic.ts'
import type { StoredRequest } from '../../telegram/store/messages/stored-request.ts'
import type { Card } from '../../view/kit/card.ts'
import { fitMessage } from '../../view/kit/html.ts'
import { toCaption, toRequest } from '../../view/kit/request.ts'

/** What a message is about. A reply to it is interpreted accordingly. */
export interface About {
  readonly purpose: MessagePurpose
  readonly taskId?: string | null
  readonly topic?: ReplyTopic | null
  readonly replyTo?: number | undefined
  /** The version of the task on the card. A card that is up to date isn't edited again. */
  readonly version?: string
  /** The text must never be stored, so it can't be resent. */
  readonly secret?: true
}

/**
 * Sends and edits silently what the owner asked for. Each message is a row before it is sent. A message that can't be
 * sent now, or whose outcome is uncertain, is sent later from its row; its ID is 0 until then.
 */
export interface Sender {
  /** Sends a new message and returns its Telegram ID. */
  readonly send: (card: Card, about: About) => Promise<number>
  /** Replaces one of the bot's messages; sends a new one if it's gone. */
  readonly edit: (messageId: number, card: Card, about: About) => Promise<number>
  readonly sendFile: (
    file: { readonly name: string; readonly content: string | Buffer },
    caption: Card,
    about: About,
  ) => Promise<number>
  readonly sendPicture: (png: Buffer, caption: Card, about: About) => Promise<number>
  /** Replaces one of the bot's pictures; sends a new one if it's gone. */
  readonly editPicture: (messageId: number, png: Buffer, caption: Card, about: About) => Promise<number>
  /** Sends a file by its Telegram file ID; returns false if Telegram no longer has it. */
  readonly sendStored: (file: NoteFile, about: About) => Promise<boolean>
  /** Deletes one of the bot's messages; returns false if it's already gone or too old. */
  readonly remove: (messageId: number) => Promise<boolean>
}

export interface SenderOptions {
  readonly api: Api
  readonly store: Store
  readonly chatId: number
  readonly threadId: number | null
  /** The topic for messages whose own topic is gone. If this one is gone too, they go to the chat itself. */
  readonly mainThreadId: number | null
  readonly now: () => Date
}

// Messages that aren't stored, e.g., tokens and exports, are retried immediately.
const maxTries = 3
const maxKeptFile = 1_000_000

/** Creates the sender for one chat. */
export function createSender(options: SenderOptions): Sender {
  const { api, store, chatId, threadId, mainThreadId, now } = options

  // In a private chat the answer is directly below the question, so quoting it would only take up space.
  const withoutQuote = (about: About): About => (chatId > 0 ? { ...about, replyTo: undefined } : about)

  const deliver = async (about: About, request: Outgoing, kept: StoredRequest | null): Promise<Outcome> => {
    const { purpose, taskId = null, topic = null } = about
    const row = { chatId, threadId, purpose, taskId, topic, request: kept, priority: 'answer' } as const
    const id = await beginSending(store, row, now())
    const attempt = () => sendRequest(api, { chatId, threadId, mainThreadId }, request)
    const sending = await tried(attempt, kept === null ? isLater : () => false)
    await recordSending(store, { id, chatId, threadId }, sending, {
      version: about.version ?? null,
      now: now(),
      onFailure: (failure) => ({
        state: kept === null ? 'failed' : stateAfter(failure),
        error: reasonOf(failure),
      }),
    })
    return sending.outcome
  }
  const deliverOrThrow = async (about: About, request: Outgoing, kept: StoredRequest | null) => {
    const outcome = await deliver(about, request, kept)
    if (outcome.kind === 'done') return outcome.messageId ?? 0
    if (kept !== null && !isRefusal(outcome)) return 0
    throw new Error(`Telegram did not take a message: ${reasonOf(outcome)}`)
  }
  const send = (card: Card, given: About) => {
    const about = withoutQuote(given)
    const request = toRequest(fitToLimit(card), silently(about))
    return deliverOrThrow(about, request, about.secret ? null : request)
  }
  const sendPicture = (png: Buffer, caption: Card, about: About) => {
    // If the picture can't be sent now, its caption is sent later as text.
    return deliverOrThrow(
      about,
      { ...toCaption('sendPhoto', caption, silently(about)), png },
      toRequest(caption, silently(about)),
    )
  }

  const showInPlace = async (
    messageId: number,
    about: About,
    {
      outcome,
      resend,
      kept,
    }: {
      readonly outcome: Outcome
      readonly resend: () => Promise<number>
      /** The request to send later; null if it isn't stored. */
      readonly kept: StoredRequest | null
    },
  ): Promise<number> => {
    if (outcome.kind === 'gone') return resend()
    const row = await findMessage(store, chatId, messageId)
    const isKept = row !== null && kept !== null && !isRefusal(outcome)
    if (outcome.kind !== 'done' && !isKept) {
      throw new Error(`Telegram did not take an edit: ${reasonOf(outcome)}`)
    }
    await setSubject(store, chatId, messageId, { ...about, taskId: about.taskId ?? null })
    if (row === null) return messageId
    if (outcome.kind === 'done') await markEdited(store, row.id, about.version ?? null, now())
    // A card is rendered when it's sent, so that it shows the current state.
    else await markForEdit(store, row.id, about.purpose === 'card' ? null : kept)
    return messageId
  }

  return {
    send,
    edit: async (messageId, card, about) => {
      const request = toRequest(fitToLimit(card), silently(about))
      const outcome = await editToRequest(api, { chatId, messageId }, request)
      const kept = about.secret ? null : request
      return showInPlace(messageId, about, { outcome, resend: () => send(card, about), kept })
    },
    sendFile: (file, caption, given) => {
      const { name, content } = file
      const about = withoutQuote(given)
      const request = toCaption('sendDocument', caption, silently(about))
      const isSmall = typeof content === 'string' && content.length <= maxKeptFile
      return deliverOrThrow(
        about,
        { ...request, file },
        isSmall ? { ...request, file: { name, content } } : null,
      )
    },
    sendPicture,
    editPicture: async (messageId, png, caption, about) => {
      const edit = async () => {
        const media = InputMediaBuilder.photo(new InputFile(png, 'picture.png'), {
          caption: caption.text.html,
          parse_mode: 'HTML',
        })
        const { reply_markup } = toRequest(caption).parameters
        const parameters = { chat_id: chatId, message_id: messageId, media, reply_markup }
        return { outcome: await callTelegram(api, 'editMessageMedia', parameters) }
      }
      const { outcome } = await tried(edit, (outcome) => isLater(outcome) || isLost(outcome))
      const resend = () => sendPicture(png, caption, about)
      if (outcome.kind === 'refused') return resend()
      return showInPlace(messageId, about, { outcome, resend, kept: null })
    },
    sendStored: async (file, about) => {
      const [method, field] = methodsOfFiles[file.kind]
      const {
        caption: _,
        parse_mode: __,
        ...parameters
      } = toCaption(method, noWords, silently(about)).parameters
      const request = { method, parameters: { ...parameters, [field]: file.fileId } }
      return !isRefusal(await deliver(about, request, request))
    },
    remove: async (messageId) => {
      // The first of two taps already deleted it.
      if ((await findMessage(store, chatId, messageId)) === null) return true
      const remove = async () => ({
        outcome: await callTelegram(api, 'deleteMessage', { chat_id: chatId, message_id: messageId }),
      })
      const { outcome } = await tried(remove, (outcome) => isLater(outcome) || isLost(outcome))
      if (outcome.kind === 'done') {
        await clearMessageId(store, chatId, messageId)
        return true
      }
      // Already deleted, or older than the 48 hours in which a bot can delete.
      if (isRefusal(outcome)) return false
      throw new Error(`Telegram did not delete a message: ${reasonOf(outcome)}`)
    },
  }
}

// The owner is looking at the chat, so answers are silent.
function silently({ replyTo }: About) {
  return { silent: true, replyTo }
}

const noWords: Card = { text: { html: '' } }

const methodsOfFiles: Record<NoteFile['kind'], readonly [StoredRequest['method'], string]> = {
  photo: ['sendPhoto', 'photo'],
  file: ['sendDocument', 'document'],
  video: ['sendVideo', 'video'],
  video_note: ['sendVideoNote', 'video_note'],
  audio: ['sendAudio', 'audio'],
  voice: ['sendVoice', 'voice'],
  animation: ['sendAnimation', 'animation'],
}

/** Retries immediately while the outcome allows it. */
async function tried<T extends { readonly outcome: Outcome }>(
  attempt: () => Promise<T>,
  again: (outcome: Outcome) => boolean,
): Promise<T> {
  let result = await attempt()
  for (let tries = 1; tries < maxTries && again(result.outcome); tries += 1) result = await attempt()
  return result
}

function isLater({ kind }: Outcome): boolean {
  return kind === 'later'
}

function isLost({ kind }: Outcome): boolean {
  return kind === 'uncertain'
}

function isRefusal({ kind }: Outcome): boolean {
  return kind === 'refused' || kind === 'gone'
}

// Views keep within Telegram's limits; this guards against one that doesn't.
function fitToLimit(card: Card): Card {
  return { ...card, text: fitMessage(card.text) }
}
