import type { Task } from './task.ts'

/** When a run last gave a sign of life, or when the task was queued. A run that changes its task is alive. */
export function lastSignOfLife(task: Pick<Task, 'runState' | 'runStateUpdatedAt' | 'updatedAt'>): Date {
  const stamp = task.runStateUpdatedAt ?? task.updatedAt
  return task.runState === 'running' && task.updatedAt > stamp ? task.updatedAt : stamp
}

/** Tells one run, or one time in the queue, from the next. */
export function runStamp(task: Pick<Task, 'runState' | 'runStateUpdatedAt'>): string {
  return `${task.runState} ${task.runStateUpdatedAt?.toISOString()}`
}
