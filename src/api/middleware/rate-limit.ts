import type { RateLimiterRes } from 'rate-limiter-flexible'
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import { createFailureLimit, failuresPerAddress } from '../../domain/access/failure-limit.ts'
import type { ApiContext } from '../kit/env.ts'

const windowSeconds = 60

export interface RateLimits {
  /** Counts a request of a token and writes its headers; false where it is one too many. */
  readonly takeRequest: (c: ApiContext, tokenId: string) => Promise<boolean>
  /** Counts a failed token of an address and writes its headers; false where it is one too many. */
  readonly takeFailure: (c: ApiContext, address: string) => Promise<boolean>
  /** Writes the headers of an address' failures without counting. */
  readonly showFailures: (c: ApiContext, address: string) => Promise<void>
}

/** Builds the limits of one process: requests a minute per token, failed tokens a minute per address. */
export function createRateLimits(requestsPerMinute: number): RateLimits {
  const requests = new RateLimiterMemory({ points: requestsPerMinute, duration: windowSeconds })
  const failures = createFailureLimit()
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
