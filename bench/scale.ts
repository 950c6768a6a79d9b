/** The size of a run. */
export interface Scale {
  readonly rounds: number
  readonly closedFew: number
  readonly closedMany: number
  readonly logs: number
  readonly events: number
  readonly pool: number
  readonly loadSeconds: number
  readonly samples: number
  readonly messages: number
  readonly restSeconds: number
  readonly starts: number
  readonly idleSeconds: number
}

export const full: Scale = {
  rounds: 5,
  closedFew: 1_000,
  closedMany: 49_700,
  logs: 200_000,
  events: 1_000_000,
  pool: 10_000,
  loadSeconds: 4,
  samples: 100,
  messages: 30,
  restSeconds: 10,
  starts: 5,
  idleSeconds: 10,
}

/** For a quick check that everything runs; its figures prove nothing. */
export const quick: Scale = {
  rounds: 1,
  closedFew: 200,
  closedMany: 1_000,
  logs: 2_000,
  events: 5_000,
  pool: 2_000,
  loadSeconds: 1,
  samples: 10,
  messages: 2,
  restSeconds: 3,
  starts: 1,
  idleSeconds: 2,
}
