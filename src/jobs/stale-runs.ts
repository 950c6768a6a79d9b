import { minuteMs } from '../domain/core/durations.ts'
import { listTasks } from '../domain/tasks/lists/list.ts'
import { lastHeartbeat, runStamp } from '../domain/tasks/silent-runs.ts'
import type { Task } from '../domain/tasks/task.ts'
import { changeState } from '../telegram/store/bot-state.ts'
import { enqueueCards } from '../telegram/store/messages/living-cards.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

/** The last-seen time of each reported run, by task ID. */
type ReportedRuns = Readonly<Record<string, string>>

/** Reports each silent run and each task that has been queued for too long, once. */
export const staleRunsJob: Job = { name: 'stale runs', everyMinutes: 1, run: watchRuns }

async function watchRuns({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<ReportedRuns>(store, 'runs_told', now, async (tx, reported = {}) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null) return undefined
    const runs = [
      ...(await listTasks(scope, { runState: 'running' })),
      ...(await listTasks(scope, { runState: 'queued' })),
    ].filter(({ project, question }) => question === null && !settings.mutedProjects.includes(project.key))
    const stale = runs.filter((task) => isStale(task, now, settings) && reported[task.id] !== runStamp(task))
    const stillReported = runs.filter((task) => reported[task.id] === runStamp(task) || stale.includes(task))
    if (stale.length === 0 && stillReported.length === Object.keys(reported).length) return undefined
    const cards = stale.map((task) => ({
      chatId: settings.chatId,
      threadId: threadFor(settings, task.project.key),
      taskId: task.id,
      group: { kind: 'silent-run', by: null } as const,
      silent: false,
      since: now.toISOString(),
      about: runStamp(task),
    }))
    await enqueueCards(tx, cards, now)
    return Object.fromEntries(stillReported.map((task) => [task.id, runStamp(task)]))
  })
}

function isStale(task: Task, now: Date, settings: BoundSettings): boolean {
  const minutes = task.runState === 'queued' ? settings.queuedAfterMinutes : settings.staleAfterMinutes
  return now.getTime() - lastHeartbeat(task).getTime() >= minutes * minuteMs
}
