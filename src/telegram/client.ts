import { buffer } from 'node:stream/consumers'
import { Api, type ApiClientOptions } from 'grammy'
import { type ChatId, isThrottled, type Throttle } from './throttle.ts'

export interface TelegramOptions {
  readonly token: string
  readonly apiRoot: string
  readonly throttle: Throttle
  /** Saves the pause that a 429 asked for, so that the next process respects it too. Nothing else is sent until it resolves. */
  readonly onPause?: (ms: number, chatId: ChatId | undefined) => Promise<void>
  /** Called after each call, answered or failed, for the log and metrics. */
  readonly onCall?: (call: {
    readonly method: string
    readonly status: number | null
    readonly ms: number
  }) => void
}

// A long poll takes up to 30 s. Anything longer than this hangs.
const timeoutSeconds = 60
// A longer wait would exceed `timeoutSeconds` and look like a call that may have left.
const maxPauseMs = 45_000

/**
 * Returns grammY's client options for the bot's answers. Flood limits are handled below grammY's client, so calls that conversations
 * record respect them too: after a 429, calls to the chat wait until the pause is over, then the refused call is repeated.
 */
export function clientOptions(options: TelegramOptions): ApiClientOptions {
  return optionsWith(options, maxPauseMs)
}

/** Creates the Bot API client for calls that nobody waits for: a call fails at once if its chat is paused for longer than `maxWaitMs`. */
export function createTelegramApi(options: TelegramOptions, maxWaitMs = 0): Api {
  return new Api(options.token, optionsWith(options, maxWaitMs))
}

function optionsWith(options: TelegramOptions, maxWaitMs: number): ApiClientOptions {
  const { throttle } = options
  const call: typeof fetch = async (input, given) => {
    const method = methodOf(input)
    const init = { ...given, signal: toNativeSignal(given?.signal) }
    if (!isThrottled(method)) return timed(options, method, input, init)
    const body = await readBody(given?.body)
    const chatId = chatOf(body)
    let leftMs = maxWaitMs
    for (;;) {
      const pauseMs = throttle.pauseMs(chatId)
      leftMs -= pauseMs
      if (pauseMs > 0 && leftMs < 0) return tooManyRequests(pauseMs)
      await throttle.resumed(chatId, init.signal ?? undefined)
      throttle.count(chatId)
      const response = await timed(options, method, input, { ...init, body })
      if (response.status !== 429) return response
      const ms = retryAfterMs(response)
      throttle.pause(ms, chatId)
      await options.onPause?.(ms, chatId)
    }
  }
  return { apiRoot: options.apiRoot, timeoutSeconds, fetch: call, canUseWebhookReply: () => false }
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'))
  return (seconds > 0 ? seconds : 1) * 1_000
}

/** Builds Telegram's 429 response for a call that isn't made. */
function tooManyRequests(pauseMs: number): Response {
  const seconds = Math.ceil(pauseMs / 1_000)
  const description = `Too Many Requests: retry after ${seconds}`
  return Response.json(
    { ok: false, error_code: 429, description, parameters: { retry_after: seconds } },
    { status: 429 },
  )
}

type Body = string | Buffer | null

/** Reads a request's body. grammY streams uploads, which can be read only once; a buffer can be searched and sent again. */
async function readBody(body: RequestInit['body']): Promise<Body> {
  if (body == null || typeof body === 'string') return body ?? null
  return buffer(body as unknown as AsyncIterable<Uint8Array>)
}

// The chat is the first field of a form.
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

/** Converts grammY's polyfilled AbortSignal, which the fetch of Node 24 rejects. */
function toNativeSignal(signal: AbortSignal | null | undefined): AbortSignal | null {
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
