import type { NoteFile } from '../../../domain/tasks/notes/note-files.ts'
import { type Outgoing, sendRequest } from '../../../telegram/call.ts'
import type { Outcome } from '../../../telegram/outcome.ts'
import { reasonOf, recordSending, stateAfter } from '../../../telegram/record-sending.ts'
import { beginSending } from '../../../telegram/store/messages/enqueue.ts'
import type { StoredRequest } from '../../../telegram/store/messages/stored-request.ts'
import type { Card } from '../../../view/kit/card.ts'
import { fitMessage } from '../../../view/kit/html.ts'
import { toCaption, toRequest } from '../../../view/kit/request.ts'
import { type About, type SenderOptions, silently } from './about.ts'
import { isLater, isRefusal, retried } from './attempts.ts'

const maxKeptFile = 1_000_000

/** New messages. Each method returns the message's Telegram ID unless it says otherwise. */
export interface NewMessages {
  readonly send: (card: Card, about: About) => Promise<number>
  readonly sendFile: (
    file: { readonly name: string; readonly content: string | Buffer },
    caption: Card,
    about: About,
  ) => Promise<number>
  readonly sendPicture: (png: Buffer, caption: Card, about: About) => Promise<number>
  /** Sends a file by its Telegram file ID; returns false if Telegram no longer has it. */
  readonly sendStored: (file: NoteFile, about: About) => Promise<boolean>
}

/** Creates the sender of new messages. Each is a row before it is sent; one without a stored request is retried immediately. */
export function createNewMessages(options: SenderOptions): NewMessages {
  const { api, store, chatId, threadId, mainThreadId, now } = options

  // In a private chat the answer is directly below the question, so quoting it would only take up space.
  const withoutQuote = (about: About): About => (chatId > 0 ? { ...about, replyTo: undefined } : about)

  const deliver = async (about: About, request: Outgoing, kept: StoredRequest | null): Promise<Outcome> => {
    const { purpose, taskId = null, topic = null } = about
    const row = { chatId, threadId, purpose, taskId, topic, request: kept, priority: 'answer' } as const
    const renderedAt = now()
    const id = await beginSending(store, row, renderedAt)
    const attempt = () => sendRequest(api, { chatId, threadId, mainThreadId }, request)
    const sending = await retried(attempt, kept === null ? isLater : () => false)
    await recordSending(store, { id, chatId, threadId }, sending, {
      version: about.version ?? null,
      renderedAt,
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

  return {
    send,
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
  }
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

/** Views keep within Telegram's limits; this guards against one that doesn't. */
export function fitToLimit(card: Card): Card {
  return { ...card, text: fitMessage(card.text) }
}
