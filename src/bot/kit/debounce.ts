import type { Log } from '../../log.ts'

const quietMs = 500

/** Runs work once per burst of calls. */
export interface Debounce {
  /** Runs the work after half a second without another call for the same key. Only the last call's work runs. */
  readonly soon: (key: string, work: () => Promise<void>) => void
  /** Runs pending work immediately. Resolves when nothing is running. */
  readonly flush: () => Promise<void>
}

/** Creates a debounce for this process. Errors are logged. */
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
