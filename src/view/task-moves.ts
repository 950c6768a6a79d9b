import type { Task, TaskStatus } from '../domain/tasks/task.ts'
import type { Surface } from './callbacks.ts'
import type { Button } from './card.ts'

/** The moves that fit a status, in the order in which a thumb wants them. */
const moves: Record<
  TaskStatus,
  readonly { readonly to: TaskStatus; readonly label: string; readonly style?: 'success' }[]
> = {
  inbox: [
    { to: 'todo', label: 'Todo' },
    { to: 'hold', label: 'Hold' },
    { to: 'archived', label: 'Archive' },
    { to: 'done', label: 'Done' },
  ],
  todo: [
    { to: 'done', label: 'Done' },
    { to: 'hold', label: 'Hold' },
    { to: 'inbox', label: 'Inbox' },
    { to: 'archived', label: 'Archive' },
  ],
  hold: [
    { to: 'todo', label: 'Todo' },
    { to: 'done', label: 'Done' },
    { to: 'archived', label: 'Archive' },
  ],
  ready: [
    { to: 'done', label: 'Accept', style: 'success' },
    { to: 'hold', label: 'Hold' },
  ],
  done: [
    { to: 'todo', label: 'Reopen' },
    { to: 'archived', label: 'Archive' },
  ],
  archived: [{ to: 'inbox', label: 'Back to inbox' }],
}

/** The buttons that move a task to where it may go from here. */
export function moveButtons(task: Task, on: Surface): Button[] {
  const row: Button[] = moves[task.status].map(({ to, label, style }) => ({
    label,
    does: { do: 'move', on, key: task.key, from: task.status, to },
    ...(style === undefined ? {} : { style }),
  }))
  const sendBack: Button = { label: 'Send back', does: { do: 'ask', on, key: task.key, what: 'send-back' } }
  return task.status === 'ready' ? [...row.slice(0, 1), sendBack, ...row.slice(1)] : row
}

/** Takes a task out of the queue, or from the agent that has it. */
export function releaseButton({ key, runState }: Task, on: Surface): Button {
  return runState === 'running'
    ? { label: 'Release', does: { do: 'release', on, key } }
    : { label: 'Unqueue', does: { do: 'queue', on, key, set: false } }
}
