import type { RateLimiterRes } from 'rate-limiter-flexible'
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import { createFailureLimit, failuresPerAddress } from '../../domain/access/failure-limit.ts'
import type { ApiContext } from '../kit/env.ts'

const windowSeconds = 60

export interface RateLimits {
  /** Counts a request for a token and sets its headers; false if the limit is exceeded. */
  readonly takeRequest: (c: ApiContext, tokenId: string) => Promise<boolean>
  /** Counts a failed authentication for an address and sets its headers; false if the limit is exceeded. */
  readonly takeFailure: (c: ApiContext, address: string) => Promise<boolean>
  /** Sets the headers for an address's failures without counting. */
  readonly showFailures: (c: ApiContext, address: string) => Promise<void>
}

/** Builds this process's limits: requests per minute per token, failed authentications per minute per address. */
export function createRateLimits(requestsPerMinute: number, failures = createFailureLimit()): RateLimits {
  const requests = new RateLimiterMemory({ points: requestsPerMinute, duration: windowSeconds })
  return {
    takeRequest: async (c, tokenId) => take(c, requestsPerMinute, await requests.penalty(tokenId)),
    takeFailure: async (c, address) => take(c, failuresPerAddress, await failures.take(address)),
    showFailures: async (c, address) => show(c, failuresPerAddress, await failures.read(address)),
  }
}

function take(c: ApiContext, limit: number, state: RateLimiterRes): boolean {
  show(c, limit, state)
  if (state.consumedPoints <= limit) return true
  c.header('Retry-After', toSeconds(state.msBeforeNext))
  return false
}

function show(c: ApiContext, limit: number, state: RateLimiterRes | null): void {
  c.header('RateLimit-Limit', String(limit))
  c.header('RateLimit-Remaining', String(state?.remainingPoints ?? limit))
  c.header('RateLimit-Reset', toSeconds(state?.msBeforeNext ?? windowSeconds * 1000))
}

function toSeconds(ms: number): string {
  return String(Math.ceil(ms / 1000))
}
