import { perChat, perGroup } from './limits.ts'

/** A chat by its id, or by its name where that is all that is known of it. */
export type ChatId = number | string

/**
 * Keeps each chat under Telegram's flood limits. Sends and edits share them: about one a second, short bursts allowed, and in a
 * group twenty a minute (core.telegram.org/bots/faq). What the owner asked for is sent at once and counted; what he did not ask
 * for waits its turn. What one chat met is nothing to another.
 */
export interface Throttle {
  /** Counts a call to a chat. */
  readonly spend: (chatId: ChatId | undefined) => void
  /** Milliseconds until something unasked may be sent to a chat; 0 where at once. */
  readonly delay: (chatId: ChatId | undefined) => number
  /** After a 429: nothing may be sent to the chat for this long; to none where it is not known which. */
  readonly hold: (ms: number, chatId: ChatId | undefined) => void
  /** Resolves when no 429 holds the chat; rejects when the signal aborts. */
  readonly held: (chatId: ChatId | undefined, signal?: AbortSignal) => Promise<void>
  /** Milliseconds until no 429 holds the chat; 0 where none does. */
  readonly heldMs: (chatId: ChatId | undefined) => number
}

export interface ThrottleOptions {
  /** Milliseconds of a clock that nobody sets, so that a hold lasts as long as Telegram asked. */
  readonly now?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}

export function createThrottle({
  now = () => performance.now(),
  sleep = sleepFor,
}: ThrottleOptions = {}): Throttle {
  // As many as the owner has chats and runners.
  const chats = new Map<ChatId | undefined, ReturnType<typeof createChat>>()
  const chatOf = (chatId: ChatId | undefined) => {
    const chat = chats.get(chatId) ?? createChat(chatId, now)
    chats.set(chatId, chat)
    return chat
  }
  const heldMs = (chatId: ChatId | undefined) =>
    Math.max(0, ...[chatId, undefined].map((id) => (chats.get(id)?.heldUntil ?? now()) - now()))
  return {
    spend: (chatId) => {
      const { each, group } = chatOf(chatId)
      each.spend()
      group?.spend()
    },
    delay: (chatId) => {
      const { each, group } = chatOf(chatId)
      return Math.ceil(Math.max(heldMs(chatId), each.waitMs(), group?.waitMs() ?? 0))
    },
    hold: (ms, chatId) => {
      const chat = chatOf(chatId)
      chat.heldUntil = Math.max(chat.heldUntil, now() + ms)
      chat.each.empty()
    },
    held: async (chatId, signal) => {
      while (heldMs(chatId) > 0) await sleep(heldMs(chatId), signal)
    },
    heldMs,
  }
}

function createChat(chatId: ChatId | undefined, now: () => number) {
  const isPerson = typeof chatId === 'number' && chatId >= 0
  return {
    each: createBucket(perChat, now),
    group: isPerson ? null : createBucket(perGroup, now),
    heldUntil: Number.NEGATIVE_INFINITY,
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
