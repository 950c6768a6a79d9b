import type { RateLimiterRes } from 'rate-limiter-flexible'
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import { networkOf } from './network.ts'

/** Wrong secrets a minute from one address (IPv6: from its /64). */
export const failuresPerAddress = 20

export interface FailureLimit {
  /** Counts a failure; `consumedPoints` over `failuresPerAddress` is one too many. */
  readonly take: (address: string) => Promise<RateLimiterRes>
  /** Reads the count; null where there is none. */
  readonly read: (address: string) => Promise<RateLimiterRes | null>
}

/** Builds a count of wrong secrets in this process, by address. */
export function createFailureLimit(): FailureLimit {
  const limiter = new RateLimiterMemory({ points: failuresPerAddress, duration: 60 })
  return {
    take: (address) => limiter.penalty(networkOf(address)),
    read: (address) => limiter.get(networkOf(address)),
  }
}
