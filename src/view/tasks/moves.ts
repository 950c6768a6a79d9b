import type { TaskStatus } from '../../domain/core/task-values.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { Surface } from '../kit/callbacks.ts'
import type { Button } from '../kit/card.ts'

const names: Record<TaskStatus, string> = {
  inbox: 'Inbox',
  todo: 'Todo',
  hold: 'Hold',
  ready: 'Ready',
  done: 'Done',
  archived: 'Drop',
}

/** Builds a button that moves a task to another status. */
export function moveButton(
  task: Pick<Task, 'key' | 'status'>,
  on: Surface,
  to: TaskStatus,
  { label = names[to], style }: { readonly label?: string; readonly style?: 'success' | 'danger' } = {},
): Button {
  const does = { do: 'move', on, key: task.key, from: task.status, to } as const
  return { label, does, ...(style === undefined ? {} : { style }) }
}

/** Builds the moves that Edit offers for an open task. */
export function otherMoves(task: Task, on: Surface): Button[] {
  const targets: readonly TaskStatus[] = ['inbox', 'todo', 'hold', 'done', 'archived']
  return targets.filter((to) => to !== task.status).map((to) => moveButton(task, on, to))
}

/** Builds the button that takes a task out of the queue or stops its agent. */
export function takeBackButton({ key, runState }: Pick<Task, 'key' | 'runState'>, on: Surface): Button {
  return runState === 'running'
    ? { label: 'Stop', does: { do: 'release', on, key } }
    : { label: 'Take back', does: { do: 'queue', on, key, set: false } }
}
