import { filesIn } from '../domain/note-files.ts'
import { isFocused } from '../domain/tasks/focus.ts'
import type { Task } from '../domain/tasks/task.ts'
import type { Menu, Surface } from './callbacks.ts'
import type { Button } from './card.ts'
import {
  dueRows,
  editRows,
  engineRows,
  labelRows,
  moreRows,
  priorityRows,
  type TaskMenuOptions,
} from './task-menus.ts'
import { moveButtons, releaseButton } from './task-moves.ts'
import type { Reader } from './when.ts'

export interface TaskButtonsOptions extends Reader, TaskMenuOptions {
  readonly on?: Surface
  readonly menu?: Menu
  /** The change that the Undo button takes back. */
  readonly undo?: string | null | undefined
  /** What the moves of this surface add, such as Skip. */
  readonly extra?: readonly Button[]
}

/** The rows of buttons of the menu that is open. */
export function taskButtons(task: Task, options: TaskButtonsOptions): Button[][] {
  const on = options.on ?? 'card'
  const menu = options.menu ?? 'main'
  const back: Button = { label: '‹ Back', does: { do: 'menu', on, key: task.key, menu: 'main', page: 0 } }
  switch (menu) {
    case 'main':
      return mainMenu(task, options, on)
    case 'priority':
      return [...priorityRows(task, on), [back]]
    case 'engine':
      return [...engineRows(task, on), [back]]
    case 'labels':
      return [...labelRows(task, options, on), [back]]
    case 'due':
      return [...dueRows(task, on), [back]]
    case 'edit':
      return [...editRows(task, on), [back]]
    case 'more':
      return [...moreRows(task, options, on), [back]]
  }
}

function mainMenu(task: Task, options: TaskButtonsOptions, on: Surface): Button[][] {
  const { key } = task
  const menu = (label: string, name: Menu): Button => ({
    label,
    does: { do: 'menu', on, key, menu: name, page: 0 },
  })
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const queue: Button =
    task.runState === null
      ? { label: 'Queue', does: { do: 'queue', on, key, set: true } }
      : releaseButton(task, on)
  const focus: Button = {
    label: isFocused(task, options) ? 'Unpin' : '⭐ Focus',
    does: { do: 'focus', on, key, set: !isFocused(task, options) },
  }
  const undo: Button[] = options.undo
    ? [{ label: '↩️ Undo', does: { do: 'undo', on, audit: options.undo } }]
    : []
  return [
    moveButtons(task, on),
    isOpen
      ? [menu('Priority', 'priority'), menu('Labels', 'labels'), menu('Engine', 'engine'), menu('Due', 'due')]
      : [],
    [...(isOpen ? [focus, menu('Edit', 'edit'), queue] : []), menu('More', 'more'), ...fileButton(task)],
    [...(options.extra ?? []), ...undo],
  ]
}

function fileButton({ key, note }: Task): Button[] {
  const { length } = filesIn(note)
  return length === 0
    ? []
    : [{ label: `📎 ${length}`, does: { do: 'screen', name: 'files', argument: key, page: 0 } }]
}
