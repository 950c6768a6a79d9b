import type { TaskStatus } from '../../domain/core/task-values.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { button } from '../kit/buttons.ts'
import type { Button } from '../kit/card.ts'
import { moveTap, queueTap, releaseTap, type Surface } from './callbacks.ts'

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
  return button(label, moveTap, { on, key: task.key, from: task.status, to }, style)
}

/** Builds the moves that Edit offers for an open task. */
export function otherMoves(task: Task, on: Surface): Button[] {
  const targets: readonly TaskStatus[] = ['inbox', 'todo', 'hold', 'done', 'archived']
  return targets.filter((to) => to !== task.status).map((to) => moveButton(task, on, to))
}

/** Builds the button that takes a task out of the queue or stops its agent. */
export function takeBackButton({ key, runState }: Pick<Task, 'key' | 'runState'>, on: Surface): Button {
  return runState === 'running'
    ? button('Stop', releaseTap, { on, key })
    : button('Take back', queueTap, { on, key, set: false })
}
