import { changeState } from '../domain/bot-state.ts'
import { queueMessages } from '../domain/messages.ts'
import { threadFor } from '../domain/project-topics.ts'
import { listTasks } from '../domain/tasks/list.ts'
import { findRunners } from '../domain/tasks/runner.ts'
import type { Task } from '../domain/tasks/task.ts'
import { staleRunNotice } from '../view/notices.ts'
import { toRequest } from '../view/request.ts'
import { type BoundSettings, type Job, type JobsDeps, readBound } from './job.ts'

/** By task: the stamp of the run that was told of. */
type RunsTold = Readonly<Record<string, string>>

/** Tells once of each run that has been silent, and of each task that has waited queued, for too long. */
export const staleRunsJob: Job = { name: 'stale runs', everyMinutes: 1, run: watchRuns }

async function watchRuns({ store, ownerId, now: clock }: JobsDeps): Promise<void> {
  const now = clock()
  await changeState<RunsTold>(store, 'runs_told', now, async (tx, told = {}) => {
    const scope = { db: tx, ownerId }
    const settings = await readBound(scope)
    if (settings === null) return undefined
    const runs = [
      ...(await listTasks(scope, { runState: 'running' })),
      ...(await listTasks(scope, { runState: 'queued' })),
    ].filter((task) => !settings.mutedProjects.includes(task.project.key))
    const stale = runs.filter((task) => isStale(task, now, settings) && told[task.id] !== stampOf(task))
    const stillTold = runs.filter((task) => told[task.id] === stampOf(task) || stale.includes(task))
    if (stale.length === 0 && stillTold.length === Object.keys(told).length) return undefined
    const runners = await findRunners(
      scope,
      stale.map(({ key }) => key),
    )
    const messages = stale.map((task) => {
      const runner = runners.find(({ taskKey }) => taskKey === task.key)?.name ?? null
      const { card, line } = staleRunNotice(task, { since: lastSign(task), runner, now })
      return {
        chatId: settings.chatId,
        threadId: threadFor(settings, task.project.key),
        purpose: 'news',
        taskId: task.id,
        request: toRequest(card, { line }),
        rank: 1,
      } as const
    })
    await queueMessages(tx, messages, now)
    return Object.fromEntries(stillTold.map((task) => [task.id, stampOf(task)]))
  })
}

function isStale(task: Task, now: Date, settings: BoundSettings): boolean {
  const minutes = task.runState === 'queued' ? settings.queuedAfterMinutes : settings.staleAfterMinutes
  return now.getTime() - lastSign(task).getTime() >= minutes * 60_000
}

/** A run that changes its task is alive, also where it does not say so. */
function lastSign(task: Task): Date {
  const stamp = task.runStateUpdatedAt ?? task.updatedAt
  return task.runState === 'running' && task.updatedAt > stamp ? task.updatedAt : stamp
}

function stampOf(task: Task): string {
  return `${task.runState} ${task.runStateUpdatedAt?.toISOString()}`
}
