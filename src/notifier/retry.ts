import { minuteMs } from '../domain/core/durations.ts'
import { type FailedOutcome, reasonOf, stateAfter } from '../telegram/record-sending.ts'
import type { NotSent } from '../telegram/store/messages/mark.ts'
import type { BotMessageRow } from '../telegram/store/messages/messages.ts'

const maxBackoffMs = 5 * minuteMs
// A message is given up after twenty uncertain attempts (about an hour) in which Telegram answered other calls.
const maxUncertain = 20

/** Returns when to try again after this many failed attempts: exponential backoff, at most five minutes. */
export function nextTry(now: Date, attempts: number): Date {
  return new Date(now.getTime() + Math.min(1_000 * 2 ** attempts, maxBackoffMs))
}

/** Decides what happens to a message that wasn't sent. One that may have arrived stays uncertain until it's sent or given up. */
export function afterFailure(row: BotMessageRow, failure: FailedOutcome, now: Date): NotSent {
  const error = reasonOf(failure)
  const wasUncertain = row.state === 'uncertain'
  switch (stateAfter(failure)) {
    case 'failed':
      return { state: 'failed', error }
    case 'uncertain': {
      const attempts = wasUncertain ? row.attempts + 1 : 1
      if (attempts >= maxUncertain) return { state: 'failed', error }
      return { state: 'uncertain', error, notBefore: nextTry(now, attempts - 1), attempts }
    }
    case 'pending': {
      const state = wasUncertain ? 'uncertain' : 'pending'
      // A flood limit or closed chat pauses all messages, so it doesn't count as an attempt.
      const isCounted = failure.kind === 'later' && failure.retryAfterMs === null
      if (!isCounted) return { state, error, attempts: row.attempts }
      const attempts = wasUncertain ? row.attempts : row.attempts + 1
      return { state, error, notBefore: nextTry(now, row.attempts), attempts }
    }
  }
}
