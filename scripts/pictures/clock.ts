/** A clock that is set by hand and goes on from there, so that a scene shows the same times whenever it is played. */
export interface SceneClock {
  readonly now: () => Date
  /** Sets it forward to a time of the day of the scene, in UTC. */
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
