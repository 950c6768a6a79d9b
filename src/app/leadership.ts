import { setTimeout as delay } from 'node:timers/promises'
import type { Lead } from '../db/types.ts'
import type { Log } from '../log.ts'

/** The work that only one process at a time does. */
export interface Leadership {
  /** Returns whether this process is the leader. */
  readonly leads: () => boolean
  /** Stops the work, then lets another process take over. */
  readonly stop: () => Promise<void>
}

const retryMs = 1_000
// Work that still hangs then, e.g. on a silent database, finds its signal aborted when it resumes.
const maxEndMs = 3_000

/**
 * Starts the work when this process becomes the leader and stops it when it loses the lead. Retries a failed start until it
 * succeeds.
 */
export function startLeadership(options: {
  readonly lead: (onGained: () => void, onLost: () => void) => Lead
  /** Starts the work and returns a function that stops it. */
  readonly begin: () => Promise<() => Promise<void>>
  readonly log: Log
}): Leadership {
  const { begin, log } = options
  let term = new AbortController()
  term.abort()
  let serving = Promise.resolve()

  const serve = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      try {
        const beginning = begin()
        await Promise.race([beginning, aborted(signal)])
        if (!signal.aborted) log.info({}, 'running (leader)')
        await aborted(signal)
        const ending = beginning.then((end) => end())
        await Promise.race([ending, delay(maxEndMs, undefined, { ref: false })])
      } catch (error) {
        log.error({ err: error }, 'taking over or handing over failed')
        await Promise.race([aborted(signal), delay(retryMs)])
      }
    }
  }
  const gain = () => {
    term = new AbortController()
    const { signal } = term
    serving = serving.then(() => serve(signal))
  }
  const lead = options.lead(gain, () => term.abort())
  return {
    leads: () => !term.signal.aborted && lead.holds(),
    stop: async () => {
      term.abort()
      await serving
      await lead.stop()
    },
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
