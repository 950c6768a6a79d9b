import { schedule } from 'node-cron'
import { createCtx } from '../domain/core/context.ts'
import { minuteMs } from '../domain/core/durations.ts'
import { expireQuestions } from '../domain/tasks/questions/close-questions.ts'
import { digestJob } from './digest.ts'
import type { Job, JobsDeps, TimedWork } from './job.ts'
import { leasesJob } from './leases.ts'
import { morningJob } from './morning.ts'
import { remindersJob } from './reminders.ts'
import { retentionJob } from './retention.ts'
import { securityJob } from './security.ts'
import { snoozesJob } from './snoozes.ts'
import { staleRunsJob } from './stale-runs.ts'
import { tokenExpiryJob } from './token-expiry.ts'
import { unheardJob } from './unheard.ts'

export type { JobsDeps } from './job.ts'

/** Ends questions whose time is up and for which no request waits. */
export const questionsJob: Job = {
  name: 'questions',
  everyMinutes: 1,
  run: async ({ store, ownerId, now }) => {
    await expireQuestions(createCtx({ db: store, ownerId, actor: { kind: 'system' }, now }))
  },
}

// In the order in which they run.
const jobs: readonly Job[] = [
  morningJob,
  digestJob,
  snoozesJob,
  remindersJob,
  questionsJob,
  unheardJob,
  staleRunsJob,
  securityJob,
  tokenExpiryJob,
  retentionJob,
]

const watchEveryMs = 30_000
// A lost run must be known within two minutes, and its lease alone takes 90 seconds.
const leasesEveryMs = 10_000

export interface Jobs {
  /** Stops after the current job. */
  readonly stop: () => Promise<void>
}

/** Runs due jobs every minute (or as `cron` says), and all of them at startup. Only the leader calls it. */
export function startJobs(deps: JobsDeps & { readonly cron?: string | undefined }): Jobs {
  const { leads = () => true, cron = '* * * * *' } = deps
  const stopping = new AbortController()
  const tick = async (isFirst = false) => {
    const minute = Math.floor(deps.now().getTime() / minuteMs)
    for (const job of jobs) {
      if (stopping.signal.aborted || !leads()) return
      if (isFirst || minute % job.everyMinutes === 0) await runJob(job, deps)
    }
  }
  let current = tick(true)
  // The cron only ticks: each job works out what is due in the owner's time zone, including daylight saving.
  const begin = () =>
    schedule(
      cron,
      () => {
        current = current.then(() => tick())
        return current
      },
      { timezone: 'UTC', noOverlap: true, name: 'jobs', suppressMissedWarning: true },
    )
  let task = begin()
  // node-cron waits for a computed time, which is hours away after the clock is set back.
  let offset = clockOffset()
  const watch = setInterval(() => {
    const isSet = Math.abs(clockOffset() - offset) > watchEveryMs
    offset = clockOffset()
    if (!isSet) return
    void task.destroy()
    task = begin()
    current = current.then(() => tick())
  }, watchEveryMs).unref()
  const watchLeases = async () => {
    if (!stopping.signal.aborted && leads()) await runJob(leasesJob, deps)
  }
  const leases = setInterval(() => {
    current = current.then(watchLeases)
  }, leasesEveryMs).unref()
  return {
    stop: async () => {
      stopping.abort()
      clearInterval(leases)
      clearInterval(watch)
      await task.destroy()
      await current
    },
  }
}

/** Returns how far the wall clock is ahead of the monotonic clock. */
function clockOffset(): number {
  return Date.now() - performance.now()
}

/** Runs a job and logs its error, so that a failed job doesn't block the others. */
export async function runJob(job: TimedWork, deps: JobsDeps): Promise<void> {
  try {
    await job.run(deps)
  } catch (error) {
    deps.log.error({ err: error, job: job.name }, 'a job failed; it runs again at its next time')
  }
}
