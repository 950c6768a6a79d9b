import { type Api, InputFile } from 'grammy'
import { toPlainText } from '../view/kit/html.ts'
import { type Outcome, toOutcome } from './outcome.ts'
import { maxTextLength } from './store/messages/limits.ts'
import type { StoredRequest } from './store/messages/stored-request.ts'

export interface Destination {
  readonly chatId: number
  readonly threadId: number | null
  /** The topic to use if the message's own was deleted. If this is missing or deleted too, the message goes to the chat itself. */
  readonly mainThreadId?: number | null
}

/** A request with its upload: a drawn picture or a file. */
export interface Outgoing extends Omit<StoredRequest, 'file'> {
  readonly png?: Buffer
  readonly file?: { readonly name: string; readonly content: string | Buffer }
}

/** The outcome of a request, and the topic it went to. */
export interface Sending {
  readonly outcome: Outcome
  readonly threadId: number | null
}

type Parameters = Readonly<Record<string, unknown>>

/**
 * Sends a request. If Telegram refuses it, falls back step by step: plain text instead of markup, no buttons, the main topic instead
 * of a deleted one, and the caption alone instead of a picture or file.
 */
export async function sendRequest(
  api: Api,
  destination: Destination,
  request: Outgoing,
  signal?: AbortSignal,
): Promise<Sending> {
  const isCaptioned = request.parameters.caption !== undefined
  const sending = await sendWithFallbacks(api, destination, request, { withButtons: isCaptioned, signal })
  if (sending.outcome.kind !== 'refused' || !isCaptioned) return sending
  return sendWithFallbacks(api, destination, captionOnly(request), { withButtons: false, signal })
}

async function sendWithFallbacks(
  api: Api,
  destination: Destination,
  request: Outgoing,
  { withButtons, signal }: { readonly withButtons: boolean; readonly signal: AbortSignal | undefined },
): Promise<Sending> {
  const threads = [...new Set([destination.threadId, destination.mainThreadId ?? null, null])]
  const { message_thread_id: _, ...given } = request.parameters
  const attempt = async (parameters: Parameters): Promise<Outcome> => {
    for (;;) {
      const [threadId = null] = threads
      const where = {
        chat_id: destination.chatId,
        ...(threadId === null ? {} : { message_thread_id: threadId }),
      }
      const outcome = await callTelegram(
        api,
        request.method,
        { ...where, ...parameters, ...filesOf(request) },
        signal,
      )
      if (outcome.kind !== 'topic-gone') return outcome
      // A group whose main topic is closed accepts nothing until someone opens it.
      if (threadId === null) return { kind: 'stopped', error: outcome.error }
      threads.shift()
    }
  }
  const outcome = await firstAccepted(given, attempt, { withButtons })
  return { outcome, threadId: threads[0] ?? null }
}

/** Edits a text message to a request's text and buttons. */
export async function editToRequest(
  api: Api,
  message: { readonly chatId: number; readonly messageId: number },
  request: StoredRequest,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { text, parse_mode, reply_markup, link_preview_options } = request.parameters
  return firstAccepted({ text, parse_mode, reply_markup, link_preview_options }, (parameters) =>
    callTelegram(
      api,
      'editMessageText',
      { chat_id: message.chatId, message_id: message.messageId, ...parameters },
      signal,
    ),
  )
}

/** Turns the caption of a picture or file into a text message. */
export function captionOnly({ parameters: { caption, photo, document, ...rest } }: Outgoing): StoredRequest {
  return { method: 'sendMessage', parameters: { ...rest, text: caption } }
}

const aboutButtons = /button|markup|keyboard/i

/**
 * Tries a message, then one without what Telegram refused, and finally plain text. `withButtons` keeps the buttons,
 * because the caller can still drop the picture or file.
 */
async function firstAccepted(
  given: Parameters,
  attempt: (parameters: Parameters) => Promise<Outcome>,
  { withButtons = false }: { readonly withButtons?: boolean } = {},
): Promise<Outcome> {
  const outcome = await attempt(given)
  if (outcome.kind !== 'refused') return outcome
  const simpler = aboutButtons.test(outcome.error) ? withoutButtons(given) : plain(given)
  const second = await attempt(simpler)
  return second.kind !== 'refused' || withButtons ? second : attempt(withoutButtons(plain(given)))
}

function withoutButtons({ reply_markup: _, ...rest }: Parameters): Parameters {
  return rest
}

function plain({ parse_mode, ...rest }: Parameters): Parameters {
  const simpler: Record<string, unknown> = { ...rest }
  for (const field of ['text', 'caption'] as const) {
    const written = rest[field]
    if (typeof written !== 'string') continue
    const words = parse_mode === undefined ? written : toPlainText({ html: written })
    simpler[field] = [...words].slice(0, maxTextLength[field]).join('')
  }
  return simpler
}

function filesOf({ file, png }: Outgoing): Parameters {
  if (png !== undefined) return { photo: new InputFile(png, 'picture.png') }
  return file === undefined ? {} : { document: new InputFile(Buffer.from(file.content), file.name) }
}

/** Makes one call and returns its outcome. Throws only if there's no such method. */
export async function callTelegram(
  api: Api,
  method: string,
  parameters: Parameters,
  signal?: AbortSignal,
): Promise<Outcome> {
  // Stored requests were typed when they were built; the raw API accepts any method by name.
  const raw = api.raw as unknown as Record<
    string,
    (parameters: Parameters, signal?: AbortSignal) => Promise<unknown>
  >
  const perform = raw[method]
  if (perform === undefined) throw new Error(`The Bot API has no method ${method}.`)
  try {
    const result = await perform(stripAbsent(parameters), signal)
    const messageId =
      typeof result === 'object' && result !== null && 'message_id' in result ? result.message_id : null
    return { kind: 'done', messageId: typeof messageId === 'number' ? messageId : null }
  } catch (error) {
    return toOutcome(error)
  }
}

function stripAbsent(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}
