import type { Api } from 'grammy'
import type { Store } from '../domain/core/context.ts'
import { createWakeup, newestEventId, type Wakeup } from '../domain/core/outbox.ts'
import type { Log } from '../log.ts'
import { readState } from '../telegram/store/bot-state.ts'
import { recoverSending } from '../telegram/store/mark.ts'
import { readPauses } from '../telegram/store/pauses.ts'
import type { Throttle } from '../telegram/throttle.ts'
import { askAboutDeletions, decide } from './decide.ts'
import { createDelivery } from './deliver.ts'

/** What the notifier is built from. */
export interface NotifierDeps {
  readonly store: Store
  readonly ownerId: string
  readonly api: Api
  readonly throttle: Throttle
  /** Rung on each NOTIFY of the outbox; a hint only, for the outbox is also looked at each second. */
  readonly wakeup: Wakeup
  readonly now: () => Date
  readonly log: Log
  /** Draws an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
  /** Told of each delivery's outcome, for metrics. */
  readonly onDelivery?: (outcome: string) => void
}

/** How delivery stands, for health and /doctor. */
interface DeliveryState {
  /** Why nothing can be sent; null where all is well. */
  readonly stopped: { readonly reason: string; readonly since: Date } | null
  /** When the pause after a 429 ends; null if the chat isn't paused. */
  readonly pausedUntil: Date | null
}

export interface Notifier {
  /**
   * Recovers what a crash left behind, then follows the outbox; to be called by the one process that leads. Returns what ends it
   * after the call in hand: no other start, for one that hung may end when the next has begun.
   */
  readonly start: () => Promise<() => Promise<void>>
  /** Something was queued or happened: look now. */
  readonly wake: () => void
  /** The owner is back: what waited is delivered. */
  readonly resume: () => void
  readonly state: () => DeliveryState
}

const lookEveryMs = 1_000
// After a look that found something: what happens at once is then decided on together, and a burst leaves time for its makers.
const looksApartMs = 100
const stopWithinMs = 5_000

/** Turns what happened on the board into messages, and is the one sender of what was not asked for. */
export function createNotifier(deps: NotifierDeps): Notifier {
  const turn = createWakeup()
  const pause = createWakeup()
  const delivery = createDelivery(deps)

  const follow = async (signal: AbortSignal) => {
    const scope = { db: deps.store, ownerId: deps.ownerId }
    let cursor = (await decide(deps)) ?? (await readState<number>(deps.store, 'notifier_cursor')) ?? 0
    return async () => {
      if (await askAboutDeletions(deps)) turn.trigger()
      if ((await newestEventId(scope)) === cursor) return lookEveryMs
      const moved = await decide(deps)
      if (moved === null) return lookEveryMs
      cursor = moved
      turn.trigger()
      await pause.wait(looksApartMs, signal)
      return 0
    }
  }

  /** Does a step again and again until the end; a step that fails, as when the database is away, is tried again. */
  const loop = async (name: string, wakeup: Wakeup, signal: AbortSignal, step: () => Promise<number>) => {
    let failing = false
    while (!signal.aborted) {
      let waitMs = lookEveryMs
      try {
        waitMs = await step()
        failing = false
      } catch (error) {
        if (!failing) deps.log.error({ err: error }, `${name} failed; it is tried again`)
        failing = true
      }
      if (waitMs > 0) await wakeup.wait(waitMs, signal)
    }
  }

  return {
    start: async () => {
      const stopping = new AbortController()
      const givingUp = new AbortController()
      await recover(deps)
      const step = await follow(stopping.signal)
      const loops = Promise.all([
        loop('following the outbox', deps.wakeup, stopping.signal, step),
        loop('delivery', turn, stopping.signal, () => delivery.step(givingUp.signal)),
      ])
      return async () => {
        stopping.abort()
        const timer = setTimeout(() => givingUp.abort(), stopWithinMs)
        await loops
        clearTimeout(timer)
      }
    },
    wake: () => {
      deps.wakeup.trigger()
      turn.trigger()
    },
    resume: () => {
      delivery.resume()
      turn.trigger()
    },
    state: () => {
      const pauseMs = delivery.pauseMs()
      return {
        stopped: delivery.stopped(),
        pausedUntil: pauseMs > 0 ? new Date(deps.now().getTime() + pauseMs) : null,
      }
    },
  }
}

/** Recovers what the last process left behind: messages it was sending, and pauses that Telegram asked for. */
export async function recover({
  store,
  throttle,
  now,
}: Pick<NotifierDeps, 'store' | 'throttle' | 'now'>): Promise<void> {
  await recoverSending(store)
  for (const { chatId, ms } of await readPauses(store, now())) throttle.pause(ms, chatId)
}
