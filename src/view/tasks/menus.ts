import { engines, taskPriorities } from '../../domain/core/task-values.ts'
import type { Label } from '../../domain/labels/label.ts'
import type { Goal } from '../../domain/tasks/edit/handoff.ts'
import { criteriaOf } from '../../domain/tasks/notes/note.ts'
import type { Task, TaskDetail } from '../../domain/tasks/task.ts'
import { chosen } from '../kit/buttons.ts'
import { type LaterChoice, markOf, type ScreenName, type Surface } from '../kit/callbacks.ts'
import { type Button, inRows } from '../kit/card.ts'
import { clip } from '../kit/html.ts'
import { engineName, priorityName, prioritySign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { isNoteCut, isResultCut } from './text.ts'

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
    (to): Button => ({
      label: chosen(`${prioritySign[to]} ${priorityName[to]}`, task.priority === to),
      does: { do: 'priority', on, key: task.key, to },
    }),
  )
  return inRows(buttons, 2)
}

export function engineRows(task: Task, on: Surface): Button[][] {
  const buttons = [...engines, null].map(
    (to): Button => ({
      label: chosen(to === null ? 'Any' : engineName[to], task.engine === to),
      does: { do: 'engine', on, key: task.key, to },
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
    (label): Button => ({
      label: chosen(label.name, has.has(label.id)),
      does: { do: 'label', on, key: task.key, label: label.id, set: !has.has(label.id) },
    }),
  )
  const turn = (to: number, label: string): Button => ({
    label,
    does: { do: 'menu', on, key: task.key, menu: 'labels', page: to },
  })
  return [
    ...inRows(shown, 3),
    [
      ...(page > 0 ? [turn(page - 1, signs.back)] : []),
      ...(page < pages - 1 ? [turn(page + 1, signs.next)] : []),
      { label: '+ New label', does: { do: 'ask', on, key: task.key, what: 'label' } },
    ],
  ]
}

export function dueRows(task: Task, on: Surface): Button[][] {
  const due = (label: string, to: 'today' | 'tomorrow' | 'friday' | 'monday' | 'none'): Button => ({
    label,
    does: { do: 'due', on, key: task.key, to },
  })
  return [
    [due('Today', 'today'), due('Tomorrow', 'tomorrow')],
    [due('Friday', 'friday'), due('Next Monday', 'monday')],
    [
      { label: `${signs.write} Another day`, does: { do: 'ask', on, key: task.key, what: 'due' } },
      ...(task.dueAt === null ? [] : [due('No date', 'none')]),
    ],
  ]
}

/** Picks when the task comes back. */
export function laterRows({ key }: Task, on: Surface): Button[][] {
  const later = (label: string, to: LaterChoice): Button => ({ label, does: { do: 'later', on, key, to } })
  return [
    [later('Tonight', 'tonight'), later('Tomorrow', 'tomorrow')],
    [later('Monday', 'monday'), later('Next week', 'week')],
    [later('No date (hold)', 'hold')],
  ]
}

export function editRows(task: Task, on: Surface): Button[][] {
  const ask = (label: string, what: 'title' | 'note' | 'criteria' | 'branch'): Button => ({
    label,
    does: { do: 'ask', on, key: task.key, what },
  })
  const criteria = criteriaOf(task.note)
    .slice(0, 12)
    .map(
      (criterion, index): Button => ({
        label: `${criterion.met ? signs.checked : signs.unchecked} ${clip(criterion.text, 28)}`,
        does: {
          do: 'criterion',
          on,
          key: task.key,
          index,
          mark: markOf(criterion.text),
          met: !criterion.met,
        },
      }),
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
  const ask = (label: string, goal: Goal): Button => ({
    label,
    does: { do: 'handoff', on, key, from: status, goal, sure: false },
  })
  if (status === 'ready') return [ask('Review by an agent', 'review')]
  return status === 'done' || status === 'archived' ? [] : [ask('Plan first', 'plan')]
}

export function moreRows(task: Task | TaskDetail, options: TaskMenuOptions, on: Surface): Button[][] {
  const others = (options.projects ?? []).filter((project) => project.key !== task.project.key).slice(0, 8)
  const moveTo = others.map(
    (project): Button => ({
      label: `Move to ${project.key}`,
      does: { do: 'project', on, key: task.key, to: project.key },
    }),
  )
  const screen = (label: string, name: ScreenName): Button => ({
    label,
    does: { do: 'screen', name, argument: task.key, page: 0 },
  })
  return [
    agentRow(task, on),
    ...inRows(moveTo, 2),
    [
      ...(isNoteCut(task) ? [screen('Whole note', 'note')] : []),
      ...('latestResult' in task && isResultCut(task) ? [screen('Whole result', 'result')] : []),
    ],
    [
      // Opening the history would lose the deck's place.
      ...(on === 'deck' ? [] : [screen('History', 'history')]),
      { label: 'Delete', does: { do: 'delete', on, key: task.key, sure: false }, style: 'danger' },
    ],
  ]
}
