import { type Api, InputFile } from 'grammy'
import { plainText } from '../view/kit/html.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { maxTextLength } from './store/limits.ts'
import type { StoredRequest } from './store/stored-request.ts'

export interface Destination {
  readonly chatId: number
  readonly threadId: number | null
  /** Where it goes where that topic is gone; absent or gone as well, to the chat itself. */
  readonly mainThreadId?: number | null
}

/** A request with what is uploaded along with it: a picture that was drawn, or a file. */
export interface Outgoing extends Omit<StoredRequest, 'file'> {
  readonly png?: Buffer
  readonly file?: { readonly name: string; readonly content: string | Buffer }
}

/** What became of a request, and the topic that it went to. */
export interface Sending {
  readonly outcome: Outcome
  readonly threadId: number | null
}

type Parameters = Readonly<Record<string, unknown>>

/**
 * Sends a request. What Telegram cannot parse goes as plain text, what it does not take with buttons goes without, and what it
 * does not take in a topic that is gone goes to the main one. A picture or a file that it does not take leaves its caption.
 */
export async function sendRequest(
  api: Api,
  place: Destination,
  request: Outgoing,
  signal?: AbortSignal,
): Promise<Sending> {
  const isCaptioned = request.parameters.caption !== undefined
  const sending = await sendAsItIs(api, place, request, { withButtons: isCaptioned, signal })
  if (sending.outcome.kind !== 'refused' || !isCaptioned) return sending
  return sendAsItIs(api, place, wordsOnly(request), { withButtons: false, signal })
}

async function sendAsItIs(
  api: Api,
  place: Destination,
  request: Outgoing,
  { withButtons, signal }: { readonly withButtons: boolean; readonly signal: AbortSignal | undefined },
): Promise<Sending> {
  const threads = [...new Set([place.threadId, place.mainThreadId ?? null, null])]
  const { message_thread_id: _, ...given } = request.parameters
  const attempt = async (parameters: Parameters): Promise<Outcome> => {
    for (;;) {
      const [threadId = null] = threads
      const where = { chat_id: place.chatId, ...(threadId === null ? {} : { message_thread_id: threadId }) }
      const outcome = await callTelegram(
        api,
        request.method,
        { ...where, ...parameters, ...filesOf(request) },
        signal,
      )
      if (outcome.kind !== 'topic-gone') return outcome
      // A group whose main topic is closed takes nothing until somebody opens it.
      if (threadId === null) return { kind: 'stopped', error: outcome.error }
      threads.shift()
    }
  }
  const outcome = await firstTaken(given, attempt, { withButtons })
  return { outcome, threadId: threads[0] ?? null }
}

/** Edits a text message to what a request says. */
export async function editToRequest(
  api: Api,
  message: { readonly chatId: number; readonly messageId: number },
  request: StoredRequest,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { text, parse_mode, reply_markup, link_preview_options } = request.parameters
  return firstTaken({ text, parse_mode, reply_markup, link_preview_options }, (parameters) =>
    callTelegram(
      api,
      'editMessageText',
      { chat_id: message.chatId, message_id: message.messageId, ...parameters },
      signal,
    ),
  )
}

/** The caption of a picture or a file as a separate message. */
export function wordsOnly({ parameters: { caption, photo, document, ...rest } }: Outgoing): StoredRequest {
  return { method: 'sendMessage', parameters: { ...rest, text: caption } }
}

const aboutButtons = /button|markup|keyboard/i

/**
 * Tries a message, and then what is simpler of it: without what Telegram says it cannot read, at last the words alone. What can still
 * do without its picture or file keeps its buttons.
 */
async function firstTaken(
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
    const words = parse_mode === undefined ? written : plainText({ html: written })
    simpler[field] = [...words].slice(0, maxTextLength[field]).join('')
  }
  return simpler
}

function filesOf({ file, png }: Outgoing): Parameters {
  if (png !== undefined) return { photo: new InputFile(png, 'picture.png') }
  return file === undefined ? {} : { document: new InputFile(Buffer.from(file.content), file.name) }
}

/** Makes one call and says what became of it. */
export async function callTelegram(
  api: Api,
  method: string,
  parameters: Parameters,
  signal?: AbortSignal,
): Promise<Outcome> {
  // Stored requests were typed when they were made; the raw API takes any method by its name.
  const raw = api.raw as unknown as Record<
    string,
    (parameters: Parameters, signal?: AbortSignal) => Promise<unknown>
  >
  const perform = raw[method]
  if (perform === undefined) throw new Error(`there is no method ${method}`)
  try {
    const result = await perform(stripAbsent(parameters), signal)
    const messageId =
      typeof result === 'object' && result !== null && 'message_id' in result ? result.message_id : null
    return { kind: 'done', messageId: typeof messageId === 'number' ? messageId : null }
  } catch (error) {
    return outcomeOf(error)
  }
}

function stripAbsent(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}
