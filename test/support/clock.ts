/** A clock that stands still until it is moved. */
export interface TestClock {
  readonly now: () => Date
  /** Total milliseconds it has moved forward, even if it was set back. */
  readonly elapsed: () => number
  readonly set: (at: string | Date) => void
  readonly advance: (by: {
    readonly ms?: number
    readonly minutes?: number
    readonly hours?: number
    readonly days?: number
  }) => void
}

export function createClock(start = '2026-11-24T09:00:00.000Z'): TestClock {
  let at = new Date(start).getTime()
  let elapsed = 0
  const go = (to: number) => {
    elapsed += Math.max(0, to - at)
    at = to
  }
  return {
    now: () => new Date(at),
    elapsed: () => elapsed,
    set: (to) => go(new Date(to).getTime()),
    advance: ({ ms = 0, minutes = 0, hours = 0, days = 0 }) => {
      go(at + ms + ((days * 24 + hours) * 60 + minutes) * 60_000)
    },
  }
}
