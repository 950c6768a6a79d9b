// The package's entry loads a driver for every store (10 MB); its memory limiter stands alone but has no types there.
declare module 'rate-limiter-flexible/lib/RateLimiterMemory.js' {
  import { RateLimiterMemory } from 'rate-limiter-flexible'
  export = RateLimiterMemory
}
