import type { WorldEvent } from '../world/events.ts'
import type { World } from '../world/world.ts'

/**
 * Runs an action and waits for the first event it causes; null after `milliseconds` or if the client disconnects. It subscribes
 * before acting, so an answer in the same tick isn't missed.
 */
export function waitForEvent<E extends WorldEvent>(
  world: World,
  input: {
    readonly act: () => string
    readonly isAnswer: (event: WorldEvent, id: string) => event is E
    readonly milliseconds: number
    readonly signal: AbortSignal
  },
): Promise<{ readonly id: string; readonly event: E | null }> {
  return new Promise((resolve, reject) => {
    const heard: WorldEvent[] = []
    let id: string | undefined
    const end = (event: E | null) => {
      unsubscribe()
      clearTimeout(timer)
      input.signal.removeEventListener('abort', leave)
      if (id !== undefined) resolve({ id, event })
    }
    const leave = () => end(null)
    const hear = (event: WorldEvent) => {
      if (id === undefined) heard.push(event)
      else if (input.isAnswer(event, id)) end(event)
    }
    const unsubscribe = world.subscribe(hear)
    const timer = setTimeout(leave, input.milliseconds)
    input.signal.addEventListener('abort', leave)
    try {
      id = input.act()
      for (const event of heard) hear(event)
    } catch (error) {
      end(null)
      reject(error)
    }
  })
}
