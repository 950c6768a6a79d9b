import type { Store } from '../domain/context.ts'
import type { Log } from '../log.ts'

/** What jobs are built from. */
export interface JobsDeps {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
  readonly log: Log
}

export interface Jobs {
  /** Ends after the job in hand. */
  readonly stop: () => Promise<void>
}

/** Looks each minute for what is due; to be called by the one process that leads. */
export function startJobs(deps: JobsDeps): Jobs {
  void deps
  return { stop: async () => {} }
}
