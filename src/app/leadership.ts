import { setTimeout as delay } from 'node:timers/promises'
import type { Lead } from '../db/types.ts'
import type { Log } from '../log.ts'

/** The work that one process at a time does. */
export interface Leadership {
  /** Whether this process does it. */
  readonly leads: () => boolean
  /** Ends the work, then lets another process have it. */
  readonly stop: () => Promise<void>
}

const retryMs = 1_000
// What still hangs then, as on a database that fell silent, finds its signal aborted when it wakes.
const maxEndMs = 3_000

/**
 * Begins the work whenever this process gains the lead and ends it when the lead is lost. A begin that fails, as on a database
 * that is away again, is tried until it succeeds.
 */
export function startLeadership(options: {
  readonly lead: (onGained: () => void, onLost: () => void) => Lead
  /** Begins the work and returns what ends it. */
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
        await Promise.race([beginning, over(signal)])
        if (!signal.aborted) log.info({}, 'running (leader)')
        await over(signal)
        const ending = beginning.then((end) => end())
        await Promise.race([ending, delay(maxEndMs, undefined, { ref: false })])
      } catch (error) {
        log.error({ err: error }, 'taking over or handing over failed')
        await Promise.race([over(signal), delay(retryMs)])
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

function over(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
