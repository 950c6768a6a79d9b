import type { Task } from './task.ts'

/** Returns the time of a run's last heartbeat, or when the task was queued. Any change of its task by a run is a heartbeat. */
export function lastHeartbeat(task: Pick<Task, 'runState' | 'runStateUpdatedAt' | 'updatedAt'>): Date {
  const stamp = task.runStateUpdatedAt ?? task.updatedAt
  return task.runState === 'running' && task.updatedAt > stamp ? task.updatedAt : stamp
}

/** Identifies one run, or one stay in the queue. */
export function runStamp(task: Pick<Task, 'runState' | 'runStateUpdatedAt'>): string {
  return `${task.runState} ${task.runStateUpdatedAt?.toISOString()}`
}
