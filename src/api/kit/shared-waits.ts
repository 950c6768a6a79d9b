import type { ApiDeps, SharedWait } from './deps.ts'

const recheckMs = 1_000

/**
 * Builds the waits of a process for one kind of thing. All of them share one query, on every wakeup and at least once a second, and
 * none holds a database connection.
 */
export function createSharedWaits(
  { wakeup, signal, log }: Pick<ApiDeps, 'wakeup' | 'signal' | 'log'>,
  findHappened: (ids: readonly string[]) => Promise<readonly string[]>,
): SharedWait {
  const waiting = new Map<string, Set<() => void>>()
  let isWatching = false
  // One listener for all of them.
  signal.addEventListener('abort', () => {
    for (const wakes of [...waiting.values()]) for (const wake of [...wakes]) wake()
  })

  async function watch(): Promise<void> {
    isWatching = true
    while (waiting.size > 0 && !signal.aborted) {
      // Subscribe before checking, so what happens in between still wakes us.
      const trigger = wakeup.wait(recheckMs, signal)
      await check([...waiting.keys()])
      await trigger
    }
    isWatching = false
  }

  async function check(ids: readonly string[]): Promise<void> {
    try {
      for (const id of await findHappened(ids)) for (const wake of [...(waiting.get(id) ?? [])]) wake()
    } catch (error) {
      log.warn({ err: error }, "couldn't check what requests wait for; trying again in a second")
    }
  }

  return (id, { seconds, until }) =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        until.removeEventListener('abort', wake)
        const others = waiting.get(id)
        others?.delete(wake)
        if (others?.size === 0) waiting.delete(id)
        resolve()
      }
      const timer = setTimeout(wake, seconds * 1_000)
      if (seconds <= 0 || signal.aborted || until.aborted) return wake()
      until.addEventListener('abort', wake, { once: true })
      waiting.set(id, (waiting.get(id) ?? new Set()).add(wake))
      // It may have happened before it was watched.
      void (isWatching ? check([id]) : watch())
    })
}
