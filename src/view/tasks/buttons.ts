import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import type { Goal } from '../../domain/tasks/edit/handoff.ts'
import { isFocused } from '../../domain/tasks/lists/focus.ts'
import { filesIn } from '../../domain/tasks/notes/note-files.ts'
import type { Task, TaskDetail } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import { button } from '../kit/buttons.ts'
import { defineScreen, field } from '../kit/callbacks.ts'
import { type Button, inRows } from '../kit/card.ts'
import { isLinkable } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import type { Viewer } from '../kit/when.ts'
import { askTap, focusTap, handOffTap, type Menu, menuTap, type Surface, undoTap } from './callbacks.ts'
import {
  dueRows,
  editRows,
  engineRows,
  labelRows,
  laterRows,
  moreRows,
  priorityRows,
  type TaskMenuOptions,
} from './menus.ts'
import { moveButton, otherMoves, takeBackButton } from './moves.ts'
import { questionRows } from './questions/question-buttons.ts'

export const filesScreen = defineScreen('files', { key: field.text })

export interface TaskButtonsOptions extends Viewer, TaskMenuOptions {
  readonly on?: Surface
  readonly menu?: Menu
  /** The audit entry that the Undo button reverts. */
  readonly undo?: string | null | undefined
  /** Buttons that this surface adds to the last row, e.g. Skip. */
  readonly extra?: readonly Button[]
}

/** Builds the button rows of the open menu. */
export function taskButtons(task: Task | TaskDetail, options: TaskButtonsOptions): Button[][] {
  const on = options.on ?? 'card'
  const menu = options.menu ?? 'main'
  const back: Button = button(`${signs.back} Back`, menuTap, { on, key: task.key, menu: 'main', page: 0 })
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
    case 'later':
      return [...laterRows(task, on), [back]]
    case 'edit':
      return [...editMenu(task, options, on), [back]]
    case 'more':
      return [...moreRows(task, options, on), [back]]
  }
}

function mainMenu(task: Task | TaskDetail, options: TaskButtonsOptions, on: Surface): Button[][] {
  const undo: Button[] = options.undo
    ? [button(`${signs.undo} Undo`, undoTap, { on, audit: options.undo })]
    : []
  return [
    ...turnRows(task, on),
    [toMenu(task, on, 'Edit', 'edit'), toMenu(task, on, 'More', 'more'), ...fileButton(task)],
    [...(options.extra ?? []), ...undo],
  ]
}

function toMenu({ key }: Task, on: Surface, label: string, menu: Menu): Button {
  return button(label, menuTap, { on, key, menu, page: 0 })
}

/** Builds the owner's likely next actions, by whose turn it is. */
export function turnRows(task: Task | TaskDetail, on: Surface): Button[][] {
  switch (turnOf(task)) {
    case 'new':
      return [
        [
          queueButton(task, on),
          moveButton(task, on, 'todo'),
          toMenu(task, on, 'Later', 'later'),
          moveButton(task, on, 'archived'),
        ],
      ]
    case 'question':
      return task.question === null ? [] : questionRows(task.question, on)
    case 'review':
      return [
        [
          moveButton(task, on, 'done', { label: 'Accept', style: 'success' }),
          button('Send back', askTap, { on, key: task.key, what: 'send-back' }),
          ...pullRequest(task),
        ],
      ]
    case 'queued':
    case 'working':
      return [[takeBackButton(task, on)]]
    case 'parked':
      return [[queueButton(task, on), ...parkedMoves(task, on)]]
    case 'closed':
      return [[moveButton(task, on, 'todo', { label: 'Reopen' })]]
  }
}

function parkedMoves(task: Task, on: Surface): Button[] {
  if (task.status === 'hold') return [moveButton(task, on, 'todo'), moveButton(task, on, 'done')]
  if (task.status === 'todo') return [moveButton(task, on, 'hold'), moveButton(task, on, 'done')]
  return [moveButton(task, on, 'todo'), moveButton(task, on, 'archived')]
}

/** Builds the button that queues the task for an agent. */
export function queueButton(
  { key, status }: Pick<Task, 'key' | 'status'>,
  on: Surface,
  goal: Goal = 'work',
  label = 'Queue',
): Button {
  return button(label, handOffTap, { on, key, from: status, goal, sure: false })
}

function pullRequest(task: Task | TaskDetail): Button[] {
  const url = 'latestResult' in task ? (task.latestResult?.prUrl ?? null) : null
  return url !== null && isLinkable(url) ? [{ label: 'Pull request', url }] : []
}

function editMenu(task: Task, options: TaskButtonsOptions, on: Surface): Button[][] {
  const isOn = isFocused(task, options)
  const focus: Button = button(isOn ? 'Unfocus' : 'Focus', focusTap, { on, key: task.key, set: !isOn })
  return [
    ...editRows(task, on),
    [toMenu(task, on, 'Priority', 'priority'), toMenu(task, on, 'Due', 'due'), focus],
    [
      toMenu(task, on, 'Engine', 'engine'),
      toMenu(task, on, 'Labels', 'labels'),
      toMenu(task, on, 'Later', 'later'),
    ],
    ...inRows(otherMoves(task, on), 4),
  ]
}

/** Builds the button for the files of the note and, if known, of the comments. */
export function fileButton(task: Task | TaskCardFacts): Button[] {
  const { length } = 'files' in task ? task.files : filesIn(task.note)
  return length === 0 ? [] : [button(`${signs.file} ${length}`, filesScreen, { key: task.key })]
}
