import type { ApiDeps } from './deps.ts'

const recheckMs = 1_000

/**
 * Calls `check` on every wakeup, and at least once a second, until it returns a value or `seconds` pass (`isLast` is then true).
 * Returns null if the client disconnects or the process stops. A check with side effects must roll back if its signal is aborted.
 */
export async function waitFor<T>(
  deps: Pick<ApiDeps, 'wakeup' | 'signal'>,
  waiting: { readonly seconds: number; readonly client: () => AbortSignal },
  check: (isLast: boolean, signal: AbortSignal) => Promise<T | null>,
): Promise<T | null> {
  const end = performance.now() + waiting.seconds * 1_000
  const controller = new AbortController()
  const { signal } = controller
  if (waiting.seconds <= 0) return check(true, signal)
  const stop = () => controller.abort()
  // Not AbortSignal.any: the process's signal would keep a reference to each derived signal.
  const sources = [deps.signal, waiting.client()]
  for (const source of sources) {
    if (source.aborted) stop()
    else source.addEventListener('abort', stop)
  }
  try {
    while (!signal.aborted) {
      const left = end - performance.now()
      if (left <= 0) return await check(true, signal)
      // Subscribe before checking, so an event in between still wakes us.
      const trigger = deps.wakeup.wait(Math.min(left, recheckMs), signal)
      const found = await check(false, signal)
      if (found !== null) return found
      await trigger
    }
    return null
  } catch (error) {
    if (signal.aborted) return null
    throw error
  } finally {
    for (const source of sources) source.removeEventListener('abort', stop)
    stop()
  }
}
