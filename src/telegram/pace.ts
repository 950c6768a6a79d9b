/**
 * Keeps one chat under Telegram's flood limits. Sends and edits share them: about one a second, short bursts allowed
 * (core.telegram.org/bots/faq). What the owner asked for is sent at once and counted; what he did not ask for waits its turn.
 */
export interface Pace {
  /** Counts a call. */
  readonly spend: () => void
  /** Milliseconds until something unasked may be sent; 0 where at once. */
  readonly delay: () => number
  /** After a 429: nothing may be sent for this long. */
  readonly hold: (ms: number) => void
  /** Resolves when no 429 holds the chat; rejects when the signal aborts. */
  readonly held: (signal?: AbortSignal) => Promise<void>
  readonly heldUntil: () => number
}

// A hold must not last for hours because the clock was set back.
const steadyNow = () => performance.timeOrigin + performance.now()

const burst = 4
const refillMs = 1_050

export function createPace(now: () => number = steadyNow): Pace {
  let tokens = burst
  let filledAt = now()
  let until = 0
  const refill = () => {
    const gained = Math.max(0, now() - filledAt) / refillMs
    tokens = Math.min(burst, tokens + gained)
    filledAt = now()
  }
  return {
    spend: () => {
      refill()
      tokens = Math.max(tokens - 1, -burst)
    },
    delay: () => {
      refill()
      const free = tokens >= 1 ? 0 : (1 - tokens) * refillMs
      return Math.ceil(Math.max(free, until - now()))
    },
    hold: (ms) => {
      until = Math.max(until, now() + ms)
      tokens = Math.min(tokens, 0)
    },
    held: async (signal) => {
      while (until > now()) await sleep(until - now(), signal)
    },
    heldUntil: () => until,
  }
}

const paced = /^(send(?!ChatAction|MessageDraft)|edit|copy|forward|delete|pin|unpin)/i

/** Whether a method counts against the limits of the chat. */
export function isPaced(method: string): boolean {
  return (
    paced.test(method) && !/^(deleteWebhook|deleteMyCommands|editForumTopic|deleteForumTopic)$/i.test(method)
  )
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
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
