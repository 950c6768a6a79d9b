import { schedule } from 'node-cron'
import { minuteMs } from '../domain/core/durations.ts'
import { digestJob } from './digest.ts'
import type { Job, JobsDeps } from './job.ts'
import { morningJob } from './morning.ts'
import { remindersJob } from './reminders.ts'
import { retentionJob } from './retention.ts'
import { securityJob } from './security.ts'
import { snoozesJob } from './snoozes.ts'
import { staleRunsJob } from './stale-runs.ts'
import { tokenExpiryJob } from './token-expiry.ts'

export type { JobsDeps } from './job.ts'

/** Everything that is done by the clock, in the order in which it is done. */
const jobs: readonly Job[] = [
  morningJob,
  digestJob,
  snoozesJob,
  remindersJob,
  staleRunsJob,
  securityJob,
  tokenExpiryJob,
  retentionJob,
]

const watchEveryMs = 30_000

export interface Jobs {
  /** Ends after the job in hand. */
  readonly stop: () => Promise<void>
}

/** Looks each minute for what is due, and once at the start; to be called by the one process that leads. */
export function startJobs(deps: JobsDeps): Jobs {
  const { leads = () => true } = deps
  const stopping = new AbortController()
  const tick = async (isFirst = false) => {
    const minute = Math.floor(deps.now().getTime() / minuteMs)
    for (const job of jobs) {
      if (stopping.signal.aborted || !leads()) return
      if (isFirst || minute % job.everyMinutes === 0) await runJob(job, deps)
    }
  }
  let inHand = tick(true)
  // The cron is a tick alone: what is due is worked out in the owner's zone, where daylight saving is known.
  const begin = () =>
    schedule(
      '* * * * *',
      () => {
        inHand = inHand.then(() => tick())
        return inHand
      },
      { timezone: 'UTC', noOverlap: true, name: 'jobs', suppressMissedWarning: true },
    )
  let task = begin()
  // node-cron waits for the minute it has worked out; where the clock is set back, that is hours away.
  let offset = clockOffset()
  const watch = setInterval(() => {
    const isSet = Math.abs(clockOffset() - offset) > watchEveryMs
    offset = clockOffset()
    if (!isSet) return
    void task.destroy()
    task = begin()
    inHand = inHand.then(() => tick())
  }, watchEveryMs).unref()
  return {
    stop: async () => {
      stopping.abort()
      clearInterval(watch)
      await task.destroy()
      await inHand
    },
  }
}

/** How far the clock that may be set is ahead of the one that only runs. */
function clockOffset(): number {
  return Date.now() - performance.now()
}

/** One job that fails keeps no other from its time; it is tried again at its next. */
export async function runJob(job: Job, deps: JobsDeps): Promise<void> {
  try {
    await job.run(deps)
  } catch (error) {
    deps.log.error({ err: error, job: job.name }, 'a job failed; it is tried again at its next time')
  }
}
