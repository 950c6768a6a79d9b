/**
 * Keeps the chat under Telegram's flood limits. Sends and edits share them: about one a second, short bursts allowed, and in a
 * group twenty a minute (core.telegram.org/bots/faq). What the owner asked for is sent at once and counted; what he did not ask
 * for waits its turn.
 */
export interface Pace {
  /** Counts a call to a chat; to the owner's where that is not known. */
  readonly spend: (chatId?: number) => void
  /** Milliseconds until something unasked may be sent; 0 where at once. */
  readonly delay: (chatId?: number) => number
  /** After a 429: nothing may be sent for this long. */
  readonly hold: (ms: number) => void
  /** Resolves when no 429 holds the chat; rejects when the signal aborts. */
  readonly held: (signal?: AbortSignal) => Promise<void>
  /** Milliseconds until no 429 holds the chat; 0 where none does. */
  readonly heldMs: () => number
}

export interface PaceOptions {
  /** Milliseconds of a clock that nobody sets, so that a hold lasts as long as Telegram asked. */
  readonly now?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}

// Whatever the burst, no minute may see more than twenty: five and fifteen.
const perChat = { size: 4, refillMs: 1_050 }
const perGroup = { size: 5, refillMs: 4_000 }

export function createPace({ now = () => performance.now(), sleep = sleepFor }: PaceOptions = {}): Pace {
  const chat = createBucket(perChat, now)
  const group = createBucket(perGroup, now)
  let until = Number.NEGATIVE_INFINITY
  const heldMs = () => Math.max(0, until - now())
  return {
    spend: (chatId) => {
      chat.spend()
      if (chatId === undefined || chatId < 0) group.spend()
    },
    delay: (chatId) => {
      const free = Math.max(chat.waitMs(), chatId !== undefined && chatId < 0 ? group.waitMs() : 0)
      return Math.ceil(Math.max(free, heldMs()))
    },
    hold: (ms) => {
      until = Math.max(until, now() + ms)
      chat.empty()
    },
    held: async (signal) => {
      while (heldMs() > 0) await sleep(heldMs(), signal)
    },
    heldMs,
  }
}

/** Tokens that come back one by one; what is spent beyond them is paid for by a longer wait, up to a second bucketful. */
function createBucket({ size, refillMs }: { size: number; refillMs: number }, now: () => number) {
  let tokens = size
  let filledAt = now()
  const refill = () => {
    tokens = Math.min(size, tokens + Math.max(0, now() - filledAt) / refillMs)
    filledAt = now()
  }
  return {
    spend: () => {
      refill()
      tokens = Math.max(tokens - 1, -size)
    },
    waitMs: () => {
      refill()
      return tokens >= 1 ? 0 : (1 - tokens) * refillMs
    },
    empty: () => {
      tokens = Math.min(tokens, 0)
    },
  }
}

const paced = /^(send(?!ChatAction|MessageDraft)|edit|copy|forward|delete|pin|unpin)/i

/** Whether a method counts against the limits of the chat. */
export function isPaced(method: string): boolean {
  return (
    paced.test(method) && !/^(deleteWebhook|deleteMyCommands|editForumTopic|deleteForumTopic)$/i.test(method)
  )
}

function sleepFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new DOMException('The call was given up.', 'AbortError'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
