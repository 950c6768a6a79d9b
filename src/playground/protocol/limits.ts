export interface Limits {
  enabled: boolean
  /** How many messages a chat accepts in a burst; refilled at one per second. */
  burst: number
  groupPerMinute: number
  overallPerSecond: number
  /** `retry_after` in seconds. */
  retryAfter: number
  /** Counts one send, edit or delete. Returns how long to wait, and whether the caller is ignoring an earlier pause. */
  readonly take: (
    chatId: number,
    now: number,
  ) => { readonly retryAfter: number; readonly early: boolean } | null
  /** Counts one setWebhook; false if the last one was less than a second ago. */
  readonly takeWebhook: (now: number) => boolean
  /** Blocks the chat until a time, even if limits are disabled. */
  readonly hold: (chatId: number, until: number) => void
}

interface Bucket {
  tokens: number
  at: number
}

/** Creates Telegram's flood limits, as far as they are known; disabled by default. */
export function createLimits(): Limits {
  const buckets = new Map<string, Bucket>()
  const heldUntil = new Map<number, number>()

  const refilled = (key: string, now: number, size: number, perSecond: number): Bucket => {
    const bucket = buckets.get(key) ?? { tokens: size, at: now }
    bucket.tokens = Math.min(size, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    buckets.set(key, bucket)
    return bucket
  }

  const limits: Limits = {
    enabled: false,
    burst: 5,
    groupPerMinute: 20,
    overallPerSecond: 30,
    retryAfter: 3,
    takeWebhook: (now) => {
      if (!limits.enabled) return true
      const bucket = refilled('webhook', now, 1, 1)
      if (bucket.tokens < 1) return false
      bucket.tokens -= 1
      return true
    },
    hold: (chatId, until) => {
      heldUntil.set(chatId, until)
    },
    take: (chatId, now) => {
      const held = heldUntil.get(chatId) ?? 0
      if (now < held) return { retryAfter: Math.ceil((held - now) / 1000), early: true }
      if (!limits.enabled) return null
      const needed = [
        refilled(`chat ${chatId}`, now, limits.burst, 1),
        refilled('all', now, limits.overallPerSecond, limits.overallPerSecond),
      ]
      if (chatId < 0)
        needed.push(refilled(`group ${chatId}`, now, limits.groupPerMinute, limits.groupPerMinute / 60))
      if (needed.every(({ tokens }) => tokens >= 1)) {
        for (const bucket of needed) bucket.tokens -= 1
        return null
      }
      heldUntil.set(chatId, now + limits.retryAfter * 1000)
      return { retryAfter: limits.retryAfter, early: false }
    },
  }
  return limits
}
