import { minuteMs } from '../domain/core/durations.ts'
import type { Log } from '../log.ts'
import type { Outcome } from '../telegram/outcome.ts'

const probeEveryMs = 10 * minuteMs
const maxPauseMs = 30_000

/** Whether Telegram can be reached, and takes messages. */
export interface Reach {
  /** How long nothing should be tried; 0 where now. */
  readonly waitMs: () => number
  /** What an outcome says about the way to Telegram, whichever message it was. */
  readonly note: (outcome: Outcome) => void
  /** A call came to nothing. */
  readonly fail: (error: string) => void
  /** The chat accepts messages again. */
  readonly resume: () => void
  readonly stopped: () => { readonly reason: string; readonly since: Date } | null
}

/** After failures it pauses, longer each time; where the chat is closed to the bot it tries again every ten minutes. */
export function createReach({ now, log }: { readonly now: () => Date; readonly log: Log }): Reach {
  let stopped: { readonly reason: string; readonly since: Date; readonly probeAt: number } | null = null
  let failures = 0
  let pausedUntil = 0
  const time = () => now().getTime()

  // If the clock was set back in the meantime, more than the whole pause would be left.
  const left = (until: number, pauseMs: number) => {
    const ms = until - time()
    return ms > pauseMs ? 0 : Math.max(0, ms)
  }

  const stop = (reason: string) => {
    if (stopped === null) log.warn({ reason }, 'Telegram takes no messages: they are kept')
    stopped = { reason, since: stopped?.since ?? now(), probeAt: time() + probeEveryMs }
  }
  const fail = (error: string) => {
    failures += 1
    pausedUntil = time() + Math.min(500 * 2 ** failures, maxPauseMs)
    log.warn({ error, failures }, 'Telegram was not reached')
  }
  return {
    waitMs: () =>
      Math.max(left(pausedUntil, maxPauseMs), stopped === null ? 0 : left(stopped.probeAt, probeEveryMs)),
    note: (outcome) => {
      if (outcome.kind === 'stopped') return stop(outcome.error)
      if (outcome.kind === 'uncertain' || (outcome.kind === 'later' && outcome.retryAfterMs === null)) {
        return fail(outcome.error)
      }
      failures = 0
      if (outcome.kind !== 'later') stopped = null
    },
    fail,
    resume: () => {
      stopped = null
      failures = 0
      pausedUntil = 0
    },
    stopped: () => (stopped === null ? null : { reason: stopped.reason, since: stopped.since }),
  }
}
