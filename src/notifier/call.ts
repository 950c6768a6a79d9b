import { type Api, InputFile } from 'grammy'
import type { StoredRequest } from '../domain/messages.ts'
import { plainText } from '../view/html.ts'
import { type DrawnRequest, withoutPicture } from './draw.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

export interface Place {
  readonly chatId: number
  readonly threadId: number | null
}

type Parameters = Readonly<Record<string, unknown>>

/**
 * Sends a stored request. What Telegram cannot parse goes as plain text, what it does not take with buttons goes without, and
 * what it does not take in a topic that is gone goes to the chat itself. A picture that it does not take leaves its caption.
 */
export async function sendRequest(
  api: Api,
  place: Place,
  request: DrawnRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome = await sendAsItIs(api, place, request, signal)
  if (outcome.kind !== 'refused' || request.png === undefined) return outcome
  return sendAsItIs(api, place, withoutPicture(request), signal)
}

async function sendAsItIs(
  api: Api,
  place: Place,
  request: DrawnRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  let thread: Parameters = place.threadId === null ? {} : { message_thread_id: place.threadId }
  const { message_thread_id: _, ...given } = request.parameters
  return firstTaken(given, async (parameters) => {
    const send = () =>
      call(
        api,
        request.method,
        { chat_id: place.chatId, ...thread, ...parameters, ...filesOf(request) },
        signal,
      )
    const outcome = await send()
    if (outcome.kind !== 'topic-gone') return outcome
    thread = {}
    return send()
  })
}

/** Edits a text message to what a request says. */
export async function editToRequest(
  api: Api,
  message: { readonly chatId: number; readonly messageId: number },
  request: StoredRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { text, parse_mode, reply_markup, link_preview_options } = request.parameters
  return firstTaken({ text, parse_mode, reply_markup, link_preview_options }, (parameters) =>
    call(
      api,
      'editMessageText',
      { chat_id: message.chatId, message_id: message.messageId, ...parameters },
      signal,
    ),
  )
}

async function firstTaken(
  given: Parameters,
  attempt: (parameters: Parameters) => Promise<Outcome>,
): Promise<Outcome> {
  const { reply_markup: _, ...bare } = plain(given)
  let outcome = await attempt(given)
  for (const simpler of [plain(given), bare]) {
    if (outcome.kind !== 'refused') return outcome
    outcome = await attempt(simpler)
  }
  return outcome
}

const maxPlain = { text: 4_096, caption: 1_024 } as const

function plain({ parse_mode, ...rest }: Parameters): Parameters {
  const simpler: Record<string, unknown> = { ...rest }
  for (const field of ['text', 'caption'] as const) {
    const written = rest[field]
    if (typeof written !== 'string') continue
    const words = parse_mode === undefined ? written : plainText({ html: written })
    simpler[field] = [...words].slice(0, maxPlain[field]).join('')
  }
  return simpler
}

function filesOf({ file, png }: DrawnRequest): Parameters {
  if (png !== undefined) return { photo: new InputFile(png, 'picture.png') }
  return file === undefined ? {} : { document: new InputFile(Buffer.from(file.content), file.name) }
}

async function call(api: Api, method: string, parameters: Parameters, signal: AbortSignal): Promise<Outcome> {
  // Stored requests were typed when they were made; the raw API takes any method by its name.
  const raw = api.raw as unknown as Record<
    string,
    (parameters: Parameters, signal: AbortSignal) => Promise<unknown>
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
