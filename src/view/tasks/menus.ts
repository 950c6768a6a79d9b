import { engines, taskPriorities } from '../../domain/core/task-values.ts'
import type { Label } from '../../domain/labels/label.ts'
import type { Goal } from '../../domain/tasks/edit/handoff.ts'
import { criteriaOf } from '../../domain/tasks/notes/note.ts'
import type { Task, TaskDetail } from '../../domain/tasks/task.ts'
import { button, chosen } from '../kit/buttons.ts'
import { defineScreen, field, markOf } from '../kit/callbacks.ts'
import { type Button, inRows } from '../kit/card.ts'
import { shorten } from '../kit/html.ts'
import { historyScreen } from '../kit/links.ts'
import { engineName, priorityName, prioritySign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import {
  askTap,
  criterionTap,
  deleteTap,
  dueTap,
  engineTap,
  handOffTap,
  labelTap,
  menuTap,
  moveToProjectTap,
  priorityTap,
  type Surface,
} from './callbacks.ts'
import { type LaterChoice, laterTap } from './later.ts'
import { isNoteCut, isResultCut } from './text.ts'

export const noteScreen = defineScreen('note', { key: field.text })
export const resultScreen = defineScreen('result', { key: field.text })

// The pickers under a task's card, without their Back button.

export interface TaskMenuOptions {
  readonly page?: number
  /** The owner's labels, for the picker. */
  readonly labels?: readonly Label[]
  /** The projects a task may move to, for the picker. */
  readonly projects?: readonly { readonly key: string; readonly name: string }[]
}

export function priorityRows(task: Task, on: Surface): Button[][] {
  const buttons = taskPriorities.map(
    (to): Button =>
      button(chosen(`${prioritySign[to]} ${priorityName[to]}`, task.priority === to), priorityTap, {
        on,
        key: task.key,
        to,
      }),
  )
  return inRows(buttons, 2)
}

export function engineRows(task: Task, on: Surface): Button[][] {
  const buttons = [...engines, null].map(
    (to): Button =>
      button(chosen(to === null ? 'Any' : engineName[to], task.engine === to), engineTap, {
        on,
        key: task.key,
        to,
      }),
  )
  return inRows(buttons, 2)
}

const labelsAPage = 9

export function labelRows(task: Task, options: TaskMenuOptions, on: Surface): Button[][] {
  const labels = options.labels ?? []
  const pages = Math.max(1, Math.ceil(labels.length / labelsAPage))
  const page = Math.min(options.page ?? 0, pages - 1)
  const has = new Set(task.labels.map((label) => label.id))
  const shown = labels.slice(page * labelsAPage, (page + 1) * labelsAPage).map(
    (label): Button =>
      button(chosen(label.name, has.has(label.id)), labelTap, {
        on,
        key: task.key,
        label: label.id,
        set: !has.has(label.id),
      }),
  )
  const turn = (to: number, label: string): Button =>
    button(label, menuTap, { on, key: task.key, menu: 'labels', page: to })
  return [
    ...inRows(shown, 3),
    [
      ...(page > 0 ? [turn(page - 1, signs.back)] : []),
      ...(page < pages - 1 ? [turn(page + 1, signs.next)] : []),
      button('+ New label', askTap, { on, key: task.key, what: 'label' }),
    ],
  ]
}

export function dueRows(task: Task, on: Surface): Button[][] {
  const due = (label: string, to: 'today' | 'tomorrow' | 'friday' | 'monday' | 'none'): Button =>
    button(label, dueTap, { on, key: task.key, to })
  return [
    [due('Today', 'today'), due('Tomorrow', 'tomorrow')],
    [due('Friday', 'friday'), due('Next Monday', 'monday')],
    [
      button(`${signs.write} Another day`, askTap, { on, key: task.key, what: 'due' }),
      ...(task.dueAt === null ? [] : [due('No date', 'none')]),
    ],
  ]
}

/** Picks when the task comes back. */
export function laterRows({ key }: Task, on: Surface): Button[][] {
  const later = (label: string, to: LaterChoice): Button => button(label, laterTap, { on, key, to })
  return [
    [later('Tonight', 'tonight'), later('Tomorrow', 'tomorrow')],
    [later('Monday', 'monday'), later('Next week', 'week')],
    [later('No date (hold)', 'hold')],
  ]
}

export function editRows(task: Task, on: Surface): Button[][] {
  const ask = (label: string, what: 'title' | 'note' | 'criteria' | 'branch'): Button =>
    button(label, askTap, { on, key: task.key, what })
  const criteria = criteriaOf(task.note)
    .slice(0, 12)
    .map(
      (criterion, index): Button =>
        button(
          `${criterion.met ? signs.checked : signs.unchecked} ${shorten(criterion.text, 28)}`,
          criterionTap,
          { on, key: task.key, index, mark: markOf(criterion.text), met: !criterion.met },
        ),
    )
  return [
    ...inRows(criteria, 1),
    [ask('Title', 'title'), ask('Note', 'note')],
    [ask('Criteria', 'criteria'), ask('Branch', 'branch')],
  ]
}

/** Other work an agent can do on the task. */
function agentRow({ key, status, runState, question }: Task, on: Surface): Button[] {
  if (runState !== null || question !== null) return []
  const ask = (label: string, goal: Goal): Button =>
    button(label, handOffTap, { on, key, from: status, goal, sure: false })
  if (status === 'ready') return [ask('Review by an agent', 'review')]
  return status === 'done' || status === 'archived' ? [] : [ask('Plan first', 'plan')]
}

export function moreRows(task: Task | TaskDetail, options: TaskMenuOptions, on: Surface): Button[][] {
  const others = (options.projects ?? []).filter((project) => project.key !== task.project.key).slice(0, 8)
  const moveTo = others.map(
    (project): Button =>
      button(`Move to ${project.key}`, moveToProjectTap, { on, key: task.key, to: project.key }),
  )
  const { key } = task
  return [
    agentRow(task, on),
    ...inRows(moveTo, 2),
    [
      ...(isNoteCut(task) ? [button('Whole note', noteScreen, { key })] : []),
      ...('latestResult' in task && isResultCut(task) ? [button('Whole result', resultScreen, { key })] : []),
    ],
    [
      // Opening the history would lose the deck's place.
      ...(on === 'deck' ? [] : [button('History', historyScreen, { key })]),
      button('Delete', deleteTap, { on, key: task.key, sure: false }, 'danger'),
    ],
  ]
}
