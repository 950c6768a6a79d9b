import type { Api } from 'grammy'
import type { Store } from '../domain/context.ts'
import type { Bell } from '../domain/outbox.ts'
import type { Log } from '../log.ts'
import type { Pace } from '../telegram/pace.ts'

/** What the notifier is built from. */
export interface NotifierDeps {
  readonly store: Store
  readonly ownerId: string
  readonly api: Api
  readonly pace: Pace
  /** Rung on each NOTIFY of the outbox; a hint only, for the outbox is also looked at each second. */
  readonly bell: Bell
  readonly now: () => Date
  readonly log: Log
  /** Told of each delivery's outcome, for metrics. */
  readonly onDelivery?: (outcome: string) => void
}

/** How delivery stands, for health and /doctor. */
export interface DeliveryState {
  /** Why nothing can be sent; null where all is well. */
  readonly stopped: { readonly reason: string; readonly since: Date } | null
  /** A 429 holds the chat until then. */
  readonly heldUntil: Date | null
}

export interface Notifier {
  /** Takes up what a crash left behind, then follows the outbox; to be called by the one process that leads. */
  readonly start: () => Promise<void>
  /** Ends after the call in hand. */
  readonly stop: () => Promise<void>
  /** Something was queued or happened: look now. */
  readonly wake: () => void
  /** The owner is back: what waited is delivered. */
  readonly resume: () => void
  readonly state: () => DeliveryState
}

/** Turns what happened on the board into messages, and is the one sender of what was not asked for. */
export function createNotifier(deps: NotifierDeps): Notifier {
  void deps
  return {
    start: async () => {},
    stop: async () => {},
    wake: () => {},
    resume: () => {},
    state: () => ({ stopped: null, heldUntil: null }),
  }
}
