import { buffer } from 'node:stream/consumers'
import { Api, type ApiClientOptions } from 'grammy'
import { type ChatId, isPaced, type Throttle } from './throttle.ts'

export interface TelegramOptions {
  readonly token: string
  readonly apiRoot: string
  readonly throttle: Throttle
  /** Keeps what a 429 asked, so that the next process keeps to it as well; nothing else is sent before that is done. */
  readonly onHold?: (ms: number, chatId: ChatId | undefined) => Promise<void>
  /** Told of each call that was answered or failed, for log and metrics. */
  readonly onCall?: (call: {
    readonly method: string
    readonly status: number | null
    readonly ms: number
  }) => void
}

// A long poll asks for 30 s; a call that takes longer than this hangs.
const timeoutSeconds = 60
// A call that waits longer would be ended by its own limit of time, and look like one that may have left.
const maxWaitMs = 45_000

/**
 * What the bot answers the owner with. Flood limits are met below grammY's client, so that calls recorded by conversations keep to
 * them too: after a 429 no message is sent or edited until its time is over, then the refused call is made again.
 */
export function clientOptions(options: TelegramOptions): ApiClientOptions {
  return optionsWith(options, maxWaitMs)
}

/**
 * The Bot API of one bot, for what nobody waits for: a call that meets a flood limit fails at once, or where that lasts longer than
 * `longestWaitMs`, and can be made in its turn.
 */
export function createApi(options: TelegramOptions, maxWaitMs = 0): Api {
  return new Api(options.token, optionsWith(options, maxWaitMs))
}

function optionsWith(options: TelegramOptions, maxWaitMs: number): ApiClientOptions {
  const { throttle } = options
  const call: typeof fetch = async (input, given) => {
    const method = methodOf(input)
    const init = { ...given, signal: toOwnSignal(given?.signal) }
    if (!isPaced(method)) return timed(options, method, input, init)
    const body = await wholeBody(given?.body)
    const chatId = chatOf(body)
    let leftMs = maxWaitMs
    for (;;) {
      const heldMs = throttle.heldMs(chatId)
      leftMs -= heldMs
      if (heldMs > 0 && leftMs < 0) return refusal(heldMs)
      await throttle.held(chatId, init.signal ?? undefined)
      throttle.spend(chatId)
      const response = await timed(options, method, input, { ...init, body })
      if (response.status !== 429) return response
      const ms = retryAfterMs(response)
      throttle.hold(ms, chatId)
      await options.onHold?.(ms, chatId)
    }
  }
  return { apiRoot: options.apiRoot, timeoutSeconds, fetch: call, canUseWebhookReply: () => false }
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'))
  return (seconds > 0 ? seconds : 1) * 1_000
}

/** What Telegram would say to a call that is not even made. */
function refusal(heldMs: number): Response {
  const seconds = Math.ceil(heldMs / 1_000)
  const description = `Too Many Requests: retry after ${seconds}`
  return Response.json(
    { ok: false, error_code: 429, description, parameters: { retry_after: seconds } },
    { status: 429 },
  )
}

type Body = string | Buffer | null

/** grammY streams what has a file, which can be read once; whole, it says its chat and can be sent again. */
async function wholeBody(body: RequestInit['body']): Promise<Body> {
  if (body == null || typeof body === 'string') return body ?? null
  return buffer(body as unknown as AsyncIterable<Uint8Array>)
}

// The chat is the first of what a form tells.
const chatInForm = /name="chat_id"\r\n\r\n(-?\d+|@\w+)/
const chatInJson = /"chat_id":(-?\d+|"@\w+")/

function chatOf(body: Body): ChatId | undefined {
  const found =
    typeof body === 'string'
      ? chatInJson.exec(body)?.[1]
      : chatInForm.exec(body?.subarray(0, 1_000).toString('latin1') ?? '')?.[1]
  if (found === undefined) return undefined
  return found.includes('@') ? found.replaceAll('"', '') : Number(found)
}

/** grammY brings an AbortSignal of its own making, which the fetch of Node 24 refuses. */
function toOwnSignal(signal: AbortSignal | null | undefined): AbortSignal | null {
  if (signal == null || signal instanceof AbortSignal) return signal ?? null
  const controller = new AbortController()
  const abort = () => controller.abort((signal as AbortSignal).reason)
  if ((signal as AbortSignal).aborted) abort()
  else (signal as AbortSignal).addEventListener('abort', abort, { once: true })
  return controller.signal
}

async function timed(
  options: TelegramOptions,
  method: string,
  ...args: Parameters<typeof fetch>
): Promise<Response> {
  const started = performance.now()
  const report = (status: number | null) =>
    options.onCall?.({ method, status, ms: performance.now() - started })
  try {
    const response = await fetch(...args)
    report(response.status)
    return response
  } catch (error) {
    report(null)
    throw error
  }
}

function methodOf(input: Parameters<typeof fetch>[0]): string {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.pathname : input.url
  return url.slice(url.lastIndexOf('/') + 1)
}
