import type { ApiDeps } from './deps.ts'

const lookAgainMs = 1_000

/**
 * Looks until there is something or `seconds` are over; the last look is told so. The bell wakes it; without one it looks once
 * a second. Null also where the client is gone or the process stops: nobody is there to be given anything then, and a look that gives
 * something away throws if its signal is aborted by then.
 */
export async function waitFor<T>(
  deps: Pick<ApiDeps, 'wakeup' | 'signal'>,
  waiting: { readonly seconds: number; readonly client: () => AbortSignal },
  look: (isLast: boolean, over: AbortSignal) => Promise<T | null>,
): Promise<T | null> {
  const end = performance.now() + waiting.seconds * 1_000
  const over = new AbortController()
  if (waiting.seconds <= 0) return look(true, over.signal)
  const stop = () => over.abort()
  // Not AbortSignal.any: the process' signal would hold on to every one made of it.
  const signals = [deps.signal, waiting.client()]
  for (const signal of signals) {
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  }
  try {
    while (!over.signal.aborted) {
      const left = end - performance.now()
      if (left <= 0) return await look(true, over.signal)
      // Listening begins before the look: what happens in between still rings.
      const trigger = deps.wakeup.wait(Math.min(left, lookAgainMs), over.signal)
      const found = await look(false, over.signal)
      if (found !== null) return found
      await trigger
    }
    return null
  } catch (error) {
    if (over.signal.aborted) return null
    throw error
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', stop)
    stop()
  }
}
