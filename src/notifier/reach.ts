import { minuteMs } from '../domain/core/durations.ts'
import type { Log } from '../log.ts'
import type { Outcome } from '../telegram/outcome.ts'

const probeEveryMs = 10 * minuteMs
const maxPauseMs = 30_000

/** Tracks whether Telegram is reachable and accepts messages. */
export interface Reach {
  /** Milliseconds until the next try; 0 if now. */
  readonly waitMs: () => number
  /** Updates the state from a call's outcome. */
  readonly note: (outcome: Outcome) => void
  /** Records a failed call. */
  readonly fail: (error: string) => void
  /** Ends all pauses, because the chat accepts messages again. Returns whether there were any. */
  readonly resume: () => boolean
  readonly stopped: () => { readonly reason: string; readonly since: Date } | null
}

/** Tracks whether Telegram is reachable: backs off after failures, and probes a closed chat every ten minutes. */
export function createReach({ now, log }: { readonly now: () => Date; readonly log: Log }): Reach {
  let stopped: { readonly reason: string; readonly since: Date; readonly probeAt: number } | null = null
  let failures = 0
  let pausedUntil = 0
  const time = () => now().getTime()

  // A wait longer than the whole pause means that the clock was set back.
  const left = (until: number, pauseMs: number) => {
    const ms = until - time()
    return ms > pauseMs ? 0 : Math.max(0, ms)
  }

  const stop = (reason: string) => {
    if (stopped === null) log.warn({ reason }, "Telegram doesn't accept messages; keeping them")
    stopped = { reason, since: stopped?.since ?? now(), probeAt: time() + probeEveryMs }
  }
  const fail = (error: string) => {
    failures += 1
    pausedUntil = time() + Math.min(500 * 2 ** failures, maxPauseMs)
    log.warn({ error, failures }, "can't reach Telegram")
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
      const wasPaused = stopped !== null || failures > 0
      stopped = null
      failures = 0
      pausedUntil = 0
      return wasPaused
    },
    stopped: () => (stopped === null ? null : { reason: stopped.reason, since: stopped.since }),
  }
}
