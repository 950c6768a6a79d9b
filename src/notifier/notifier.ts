import type { Api } from 'grammy'
import type { Store } from '../domain/core/context.ts'
import { type CountedWakeup, createWakeup } from '../domain/core/outbox.ts'
import type { Log } from '../log.ts'
import { recoverSending } from '../telegram/store/messages/mark.ts'
import { readPauses } from '../telegram/store/pauses.ts'
import type { Throttle } from '../telegram/throttle.ts'
import { decide } from './decide.ts'
import { createDelivery } from './deliver.ts'

/** The notifier's dependencies. */
export interface NotifierDeps {
  readonly store: Store
  readonly ownerId: string
  readonly api: Api
  readonly throttle: Throttle
  /** Triggered by each NOTIFY from the outbox. It's only a hint: the outbox is also read every second. */
  readonly wakeup: CountedWakeup
  readonly now: () => Date
  readonly log: Log
  /** Draws an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
  /** Called with each delivery's outcome, for metrics. */
  readonly onDelivery?: (outcome: string) => void
}

/** The state of delivery, for health and /doctor. */
interface DeliveryState {
  /** Why nothing can be sent; null if delivery works. */
  readonly stopped: { readonly reason: string; readonly since: Date } | null
  /** When the pause after a 429 ends; null if the chat isn't paused. */
  readonly pausedUntil: Date | null
}

export interface Notifier {
  /**
   * Recovers after a crash, then follows the outbox; only the leader calls it. Returns a function that stops this start
   * after its current call. A later start isn't affected, because a hung one may stop after the next has begun.
   */
  readonly start: () => Promise<() => Promise<void>>
  /** Checks the outbox and the queue now. */
  readonly wake: () => void
  /** Sends what waited while the owner was away. */
  readonly resume: () => void
  readonly state: () => DeliveryState
}

const pollEveryMs = 1_000
// Debounce: events within this time are decided together, which leaves CPU for the requests that cause a burst.
const debounceMs = 100
const maxStopMs = 5_000
// What hooks report is progress: it takes what is left of Telegram's limits.
const liveEditMs = { chat: 3_000, group: 10_000 } as const

/** Creates the notifier: turns board events into queued messages, and sends everything that is queued. */
export function createNotifier(deps: NotifierDeps): Notifier {
  const queued = createWakeup()
  const pause = createWakeup()
  const delivery = createDelivery(deps)
  let liveEditAt = 0
  // One card per round: the edits of a chat's other cards have to wait.
  const takeLiveEdit = (chatId: number) => {
    const at = deps.now().getTime()
    const everyMs = chatId < 0 ? liveEditMs.group : liveEditMs.chat
    if (Math.abs(at - liveEditAt) < everyMs) return false
    liveEditAt = at
    return true
  }

  const follow = async (signal: AbortSignal) => {
    const decided = await decide({ ...deps, takeLiveEdit })
    if (decided === null) return pollEveryMs
    if (decided.isDue) queued.trigger()
    await pause.wait(debounceMs, signal)
    return decided.hasMore ? 0 : pollEveryMs
  }

  /** Repeats a step until the signal aborts, and retries a failed one, e.g., while the database is down. */
  const loop = async (
    name: string,
    wakeup: CountedWakeup,
    signal: AbortSignal,
    step: () => Promise<number>,
  ) => {
    let failing = false
    while (!signal.aborted) {
      // A trigger during a step isn't missed.
      const since = wakeup.count()
      let waitMs = pollEveryMs
      try {
        waitMs = await step()
        failing = false
      } catch (error) {
        if (!failing) deps.log.error({ err: error }, `${name} failed; retrying`)
        failing = true
        // Don't let triggers speed up the retries.
        await pause.wait(pollEveryMs, signal)
        waitMs = 0
      }
      if (waitMs > 0) await wakeup.wait(waitMs, signal, since)
    }
  }

  return {
    start: async () => {
      const stopping = new AbortController()
      const givingUp = new AbortController()
      await recover(deps)
      await decide(deps)
      const loops = Promise.all([
        loop('following the outbox', deps.wakeup, stopping.signal, () => follow(stopping.signal)),
        loop('delivery', queued, stopping.signal, () => delivery.step(givingUp.signal)),
      ])
      return async () => {
        stopping.abort()
        const timer = setTimeout(() => givingUp.abort(), maxStopMs)
        await loops
        clearTimeout(timer)
      }
    },
    wake: () => {
      deps.wakeup.trigger()
      queued.trigger()
    },
    resume: () => {
      if (delivery.resume()) queued.trigger()
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

/** Recovers the previous process's state: messages it was sending, and pauses that Telegram asked for. */
export async function recover({
  store,
  throttle,
  now,
}: Pick<NotifierDeps, 'store' | 'throttle' | 'now'>): Promise<void> {
  await recoverSending(store)
  for (const { chatId, ms } of await readPauses(store, now())) throttle.pause(ms, chatId)
}
