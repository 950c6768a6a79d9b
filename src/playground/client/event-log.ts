import type { WorldEvent } from '../world/events.ts'
import type { World } from '../world/model.ts'
import { textOf } from '../world/posting.ts'

export interface Within {
  /** In real milliseconds, 5,000 by default. */
  readonly within?: number
}

export interface EventLog {
  /** Lets the next wait begin with what happens from now on, and forgets what happened before. */
  readonly mark: () => void
  /** Waits for an event that fits, after the mark and after the one that was waited for before. */
  readonly next: <E extends WorldEvent>(
    fits: (event: WorldEvent) => event is E,
    options?: Within,
  ) => Promise<E>
  /** Waits until the look, taken after each event, finds something. */
  readonly until: <T>(look: () => T | undefined, options?: Within) => Promise<T>
}

/** Keeps the events of a world in order until they were waited for, so that nobody who waits for one comes too late. */
export function createEventLog(world: World): EventLog {
  const events: WorldEvent[] = []
  const waiting = new Set<() => void>()
  world.subscribe((event) => {
    events.push(event)
    for (const look of [...waiting]) look()
  })

  const until: EventLog['until'] = (look, { within = 5000 } = {}) => {
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

/** What happened instead, for the error of a test that waited in vain. */
function storyOf(world: World, events: readonly WorldEvent[]): string {
  const lines = events.flatMap((event) => {
    if (event.type === 'message' || event.type === 'edited') {
      return [`${event.type} in ${event.chatId}: ${textOf(event.post.message).text.slice(0, 200)}`]
    }
    if (event.type === 'call')
      return event.call.ok ? [] : [`${event.call.method}: ${event.call.error?.description}`]
    if (event.type === 'violation') return [`violation: ${event.violation.method}: ${event.violation.detail}`]
    return [event.type]
  })
  const waits = `${world.updates.pending().length} updates and ${world.taps.size} taps wait.`
  return `${waits} It happened:\n${lines.slice(-30).join('\n') || 'nothing'}`
}
