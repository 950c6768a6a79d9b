import type { RateLimiterRes } from 'rate-limiter-flexible'
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import { networkOf } from './network.ts'

/** Allowed wrong secrets per minute from one address (IPv6: from its /64). */
export const failuresPerAddress = 20

export interface FailureLimit {
  /** Counts a failure. Above `failuresPerAddress`, the address is blocked. */
  readonly take: (address: string) => Promise<RateLimiterRes>
  /** Reads the count; or null. */
  readonly read: (address: string) => Promise<RateLimiterRes | null>
}

/** Builds an in-process counter of wrong secrets per address. */
export function createFailureLimit(): FailureLimit {
  const limiter = new RateLimiterMemory({ points: failuresPerAddress, duration: 60 })
  return {
    take: (address) => limiter.penalty(networkOf(address)),
    read: (address) => limiter.get(networkOf(address)),
  }
}
