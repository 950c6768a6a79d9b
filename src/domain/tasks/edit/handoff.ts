import { DomainError } from '../../core/errors.ts'
import type { TaskEdit } from '../schemas.ts'
import type { Task } from '../task.ts'

/** What an agent should do with a queued task: work on it, plan it, or review it. */
export const goals = ['work', 'plan', 'review'] as const
export type Goal = (typeof goals)[number]

/**
 * Builds the edit that hands a task to an agent. Queueing for work moves inbox and hold to todo; a ready task stays ready. Throws
 * `conflict` for a closed task and for a goal that the task's status doesn't allow.
 */
export function queueEdit(
  task: Pick<Task, 'key' | 'status'>,
  goal: Goal = 'work',
  withoutAnswer = false,
): TaskEdit {
  const { key, status } = task
  if (status === 'done' || status === 'archived')
    throw new DomainError('conflict', `${key} is ${status}. Reopen it first.`, { status })
  if (goal === 'review' && status !== 'ready')
    throw new DomainError('conflict', `${key} isn't ready for a review.`, { status })
  const queued = {
    runState: 'queued',
    expect: { status },
    ...(withoutAnswer ? { withoutAnswer } : {}),
  } as const
  if (goal === 'plan') return { ...queued, status: 'inbox' }
  return status === 'ready' ? queued : { ...queued, status: 'todo' }
}

/** Builds the edit that sends a ready task back to an agent with the owner's reason. */
export function sendBackEdit(reason: string): TaskEdit {
  return { status: 'todo', runState: 'queued', comment: reason, expect: { status: 'ready' } }
}

/** Builds the edit that ends an agent's run and leaves the task in its lane. */
export function stopEdit(): TaskEdit {
  return { runState: null, expect: { runState: 'running' } }
}

/** Builds the edit that removes a task from the queue. */
export function takeBackEdit(): TaskEdit {
  return { runState: null, expect: { runState: 'queued' } }
}

/** Builds the edit that releases a run: the task is queued again, and the note becomes a comment. */
export function releaseEdit(note?: string): TaskEdit {
  const edit: TaskEdit = { runState: 'queued', withoutAnswer: true, expect: { runState: 'running' } }
  return note === undefined ? edit : { ...edit, comment: note }
}
