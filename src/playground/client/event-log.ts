import type { WorldEvent } from '../world/events.ts'
import type { World } from '../world/model.ts'
import { textOfPost } from '../world/posting.ts'

export interface Within {
  /** Timeout in real milliseconds; 20,000 by default. */
  readonly within?: number
}

export interface EventLog {
  /** Discards past events; the next wait starts from now. */
  readonly mark: () => void
  /** Waits for a matching event after the mark and after the last event found. */
  readonly next: <E extends WorldEvent>(
    fits: (event: WorldEvent) => event is E,
    options?: Within,
  ) => Promise<E>
  /** Waits until `look`, called after each event, returns a value. */
  readonly until: <T>(look: () => T | undefined, options?: Within) => Promise<T>
}

/** Buffers a world's events in order, so a wait also finds events that have already happened. */
export function createEventLog(world: World): EventLog {
  const events: WorldEvent[] = []
  const waiting = new Set<() => void>()
  world.subscribe((event) => {
    events.push(event)
    for (const look of [...waiting]) look()
  })

  const until: EventLog['until'] = (look, { within = 20_000 } = {}) => {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(check)
        reject(new Error(`Nothing that fits happened within ${within} ms. ${storyOf(world, events)}`))
      }, within)
      const check = () => {
        const found = look()
        if (found === undefined) return
        clearTimeout(timer)
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
    })
  }
  return {
    mark: () => {
      events.length = 0
    },
    next: <E extends WorldEvent>(fits: (event: WorldEvent) => event is E, options?: Within): Promise<E> => {
      return until(() => {
        const at = events.findIndex(fits)
        const event = events[at]
        if (event === undefined || !fits(event)) return undefined
        events.splice(0, at + 1)
        return event
      }, options)
    },
    until,
  }
}

/** Describes what happened instead, for the error of a wait that timed out. */
function storyOf(world: World, events: readonly WorldEvent[]): string {
  const lines = events.flatMap((event) => {
    if (event.type === 'message' || event.type === 'edited') {
      return [`${event.type} in ${event.chatId}: ${textOfPost(event.post.message).text.slice(0, 200)}`]
    }
    if (event.type === 'call')
      return event.call.ok ? [] : [`${event.call.method}: ${event.call.error?.description}`]
    if (event.type === 'violation') return [`violation: ${event.violation.method}: ${event.violation.detail}`]
    return [event.type]
  })
  const waits = `${world.updates.pending().length} updates and ${world.taps.size} taps wait.`
  return `${waits} It happened:\n${lines.slice(-30).join('\n') || 'nothing'}`
}
