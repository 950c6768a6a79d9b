import { setTimeout as delay } from 'node:timers/promises'
import { perChat, perGroup } from './store/messages/limits.ts'

/** A chat's id, or its name if the id isn't known. */
export type ChatId = number | string

/**
 * Keeps each chat under Telegram's flood limits, which sends and edits share. Answers to the owner are counted but never wait;
 * everything else waits. One chat's limits don't affect another's.
 */
export interface Throttle {
  /** Counts a call to a chat. */
  readonly count: (chatId: ChatId | undefined) => void
  /** Milliseconds until a message that nobody waits for may be sent to a chat; 0 if now. */
  readonly delay: (chatId: ChatId | undefined) => number
  /** Pauses a chat after a 429; all chats if undefined. */
  readonly pause: (ms: number, chatId: ChatId | undefined) => void
  /** Resolves once a chat isn't paused; rejects when the signal aborts. */
  readonly resumed: (chatId: ChatId | undefined, signal?: AbortSignal) => Promise<void>
  /** Milliseconds until a chat's pause ends; 0 if it isn't paused. */
  readonly pauseMs: (chatId: ChatId | undefined) => number
}

export interface ThrottleOptions {
  /** Milliseconds of a monotonic clock, so a pause lasts as long as Telegram asked even if the clock is set. */
  readonly now?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** Creates the throttle of one bot. */
export function createThrottle({
  now = () => performance.now(),
  sleep = (ms, signal) => delay(ms, undefined, { signal }),
}: ThrottleOptions = {}): Throttle {
  // Never cleared: the owner has few chats and runners.
  const chats = new Map<ChatId | undefined, ReturnType<typeof createChat>>()
  const chatOf = (chatId: ChatId | undefined) => {
    const chat = chats.get(chatId) ?? createChat(chatId, now)
    chats.set(chatId, chat)
    return chat
  }
  const pauseMs = (chatId: ChatId | undefined) =>
    Math.max(0, ...[chatId, undefined].map((id) => (chats.get(id)?.pausedUntil ?? now()) - now()))
  return {
    count: (chatId) => {
      const { each, group } = chatOf(chatId)
      each.spend()
      group?.spend()
    },
    delay: (chatId) => {
      const { each, group } = chatOf(chatId)
      return Math.ceil(Math.max(pauseMs(chatId), each.waitMs(), group?.waitMs() ?? 0))
    },
    pause: (ms, chatId) => {
      const chat = chatOf(chatId)
      chat.pausedUntil = Math.max(chat.pausedUntil, now() + ms)
      chat.each.empty()
    },
    resumed: async (chatId, signal) => {
      while (pauseMs(chatId) > 0) await sleep(pauseMs(chatId), signal)
    },
    pauseMs,
  }
}

function createChat(chatId: ChatId | undefined, now: () => number) {
  const isPerson = typeof chatId === 'number' && chatId >= 0
  return {
    each: createBucket(perChat, now),
    group: isPerson ? null : createBucket(perGroup, now),
    pausedUntil: Number.NEGATIVE_INFINITY,
  }
}

/** A token bucket that may go into debt, by at most one bucketful. */
function createBucket({ size, refillMs }: { size: number; refillMs: number }, now: () => number) {
  let tokens: number = size
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

const throttled = /^(send(?!ChatAction|MessageDraft)|edit|copy|forward|delete|pin|unpin)/i
const exempt = /^(deleteWebhook|deleteMyCommands|editForumTopic|deleteForumTopic)$/i

/** Returns whether a method counts toward its chat's limits. */
export function isThrottled(method: string): boolean {
  return throttled.test(method) && !exempt.test(method)
}
