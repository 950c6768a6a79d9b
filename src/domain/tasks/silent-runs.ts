import { runOf, type Task } from './task.ts'

/**
 * Returns the time of a run's last heartbeat, or when the task was queued. Any change of its task by a run is a heartbeat, and so is a
 * runner's report that the agent's process is alive.
 */
export function lastHeartbeat(
  task: Pick<Task, 'runState' | 'runStateUpdatedAt' | 'updatedAt' | 'lastRun'>,
): Date {
  const stamp = task.runStateUpdatedAt ?? task.updatedAt
  if (task.runState !== 'running') return stamp
  const beats = [stamp, task.updatedAt, runOf(task)?.heartbeatAt ?? stamp]
  return new Date(Math.max(...beats.map((at) => at.getTime())))
}

/** Identifies one run, or one stay in the queue. */
export function runStamp(task: Pick<Task, 'runState' | 'runStateUpdatedAt'>): string {
  return `${task.runState} ${task.runStateUpdatedAt?.toISOString()}`
}
