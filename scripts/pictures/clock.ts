/** A clock that is set by hand and runs on from there, so a scene shows the same times in every run. */
export interface SceneClock {
  readonly now: () => Date
  /** Moves it forward to a time of the scene's day, in UTC. */
  readonly at: (time: string) => void
}

export function createSceneClock(day: string, time: string): SceneClock {
  const instant = (clock: string) => Date.parse(`${day}T${clock}:05Z`)
  let set = { to: instant(time), since: performance.now() }
  const now = () => set.to + performance.now() - set.since
  return {
    now: () => new Date(now()),
    at: (clock) => {
      set = { to: Math.max(now(), instant(clock)), since: performance.now() }
    },
  }
}
