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
  const over = new AbortController()
  const stop = () => over.abort()
  // Not AbortSignal.any: the process' signal would hold on to every one made of it.
  const signals = [deps.signal, waiting.client()]
  for (const signal of signals) signal.aborted ? stop() : signal.addEventListener('abort', stop)
  try {
    for (;;) {
      const left = end - performance.now()
      // Listening begins before the look: what happens in between still rings.
      const ring = left > 0 ? deps.bell.wait(Math.min(left, lookAgainMs), over.signal) : null
      const found = await look()
      if (found !== null || ring === null || over.signal.aborted) return found
      await ring
    }
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop)
    stop()
  }
}
