import type { Log } from '../../log.ts'

const quietMs = 500

/** Does something once for a burst of causes. */
export interface Debounce {
  /** Does the work after half a second in which nothing more came for its key; of several works, the last one. */
  readonly soon: (key: string, work: () => Promise<void>) => void
  /** Does at once what waits, and resolves when nothing is under way. */
  readonly flush: () => Promise<void>
}

/** Builds a debounce of one process. What fails is logged. */
export function createDebounce(log: Log): Debounce {
  const waiting = new Map<string, { readonly timer: NodeJS.Timeout; readonly work: () => Promise<void> }>()
  const running = new Set<Promise<void>>()

  const run = (key: string) => {
    const found = waiting.get(key)
    if (found === undefined) return
    clearTimeout(found.timer)
    waiting.delete(key)
    const work = found
      .work()
      .catch((error: unknown) => log.error({ err: error, key }, 'work after a burst failed'))
      .finally(() => running.delete(work))
    running.add(work)
  }

  return {
    soon: (key, work) => {
      clearTimeout(waiting.get(key)?.timer)
      waiting.set(key, { timer: setTimeout(run, quietMs, key), work })
    },
    flush: async () => {
      for (const key of [...waiting.keys()]) run(key)
      await Promise.all(running)
    },
  }
}
