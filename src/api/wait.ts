import type { ApiDeps } from './deps.ts'

const lookAgainMs = 1_000

/**
 * Looks until there is something, `seconds` are over, the client is gone or the process stops. The bell wakes it; without one
 * it looks once a second.
 */
export async function waitFor<T>(
  deps: Pick<ApiDeps, 'bell' | 'signal'>,
  waiting: { readonly seconds: number; readonly client: () => AbortSignal },
  look: () => Promise<T | null>,
): Promise<T | null> {
  if (waiting.seconds <= 0) return look()
  const end = performance.now() + waiting.seconds * 1_000
  const done = new AbortController()
  const over = AbortSignal.any([deps.signal, waiting.client(), done.signal])
  try {
    for (;;) {
      const left = end - performance.now()
      // Listening begins before the look: what happens in between still rings.
      const ring = left > 0 ? deps.bell.wait(Math.min(left, lookAgainMs), over) : null
      const found = await look()
      if (found !== null || ring === null || over.aborted) return found
      await ring
    }
  } finally {
    done.abort()
  }
}
