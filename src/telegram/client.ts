import { Api, type ApiClientOptions } from 'grammy'
import { isPaced, type Pace } from './pace.ts'

export interface TelegramOptions {
  readonly token: string
  readonly apiRoot: string
  readonly pace: Pace
  /** Told of each call that was answered or failed, for log and metrics. */
  readonly onCall?: (call: {
    readonly method: string
    readonly status: number | null
    readonly ms: number
  }) => void
}

// A long poll asks for 30 s; a call that takes longer than this hangs.
const timeoutSeconds = 60
const longestHoldMs = 120_000

/**
 * What bot and notifier call Telegram with. Flood limits are met below grammY's client, so that calls recorded by conversations
 * keep to them too: after a 429 no message is sent or edited until its time is over, then the refused call is made again.
 */
export function clientOptions(options: TelegramOptions): ApiClientOptions {
  const { pace } = options
  const call: typeof fetch = async (input, given) => {
    const method = methodOf(input)
    const init = { ...given, signal: toOwnSignal(given?.signal) }
    if (!isPaced(method)) return timed(options, method, input, init)
    // A body that is a stream can be read once, so such a call is not made a second time here.
    const repeatable = typeof init.body === 'string'
    for (;;) {
      await pace.held(init.signal ?? undefined)
      pace.spend()
      const response = await timed(options, method, input, init)
      if (response.status !== 429) return response
      const retryAfterMs = Number(response.headers.get('retry-after') ?? 1) * 1000
      pace.hold(retryAfterMs)
      if (!repeatable || retryAfterMs > longestHoldMs) return response
    }
  }
  return { apiRoot: options.apiRoot, timeoutSeconds, fetch: call, canUseWebhookReply: () => false }
}

/** The Bot API of one bot. */
export function createApi(options: TelegramOptions): Api {
  return new Api(options.token, clientOptions(options))
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
