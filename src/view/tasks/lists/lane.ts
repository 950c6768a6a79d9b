import { type TaskStatus, taskPriorities, taskStatuses } from '../../../domain/core/task-values.ts'
import type { Neighbors } from '../../../domain/tasks/lists/lanes.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { button, pageButtons } from '../../kit/buttons.ts'
import { defineAct, defineScreen, field } from '../../kit/callbacks.ts'
import { type Button, type Card, inRows, keyboard } from '../../kit/card.ts'
import { bold, type Content, type Html, html, joinHtml } from '../../kit/html.ts'
import { boardScreen } from '../../kit/links.ts'
import { prioritySign, statusName, statusSign } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'
import type { Viewer } from '../../kit/when.ts'
import { openTap } from '../callbacks.ts'
import { buttonLabel, questionLine, taskLine } from '../line.ts'
import { type LanePlace, laneScreen, undoRow } from './board.ts'

const hereSign = '▶️'
const topSign = '⤒'
const upSign = '↑'
const downSign = '↓'

const lanePlace = { status: field.named(taskStatuses), projectKey: field.text, page: field.decimal }
/** A lane whose cards can be selected for one change. */
export const pickScreen = defineScreen('pick', { status: field.named(taskStatuses), projectKey: field.text })
/** Selects a card with `+KEY`, or deselects it with `-KEY`. */
export const pickTap = defineAct('pick', { card: field.text }, lanePlace)
/** Changes all selected cards. */
export const changePickedTap = defineAct('picked', { change: field.text }, lanePlace)
/** Shows one card among its neighbors. */
export const placeScreen = defineScreen('place', { key: field.text, projectKey: field.text })
/** Moves a card within its lane or to another one; `from` is the lane shown. */
export const placeTap = defineAct(
  'place',
  { key: field.text },
  { to: field.text, projectKey: field.text, from: field.text },
)

/** Tasks per page of a lane. */
export const lanePage = 8

export interface LaneFacts extends Viewer {
  readonly place: LanePlace
  readonly tasks: readonly Task[]
  readonly count: number
  readonly undo: string | null
  /** A line on top, e.g. what was skipped. */
  readonly notice?: Content
}

/** Shows a lane's tasks in order; a tap opens a task's place card. */
export function laneCard({ place, tasks, count, undo, notice, ...viewer }: LaneFacts): Card {
  const { status, projectKey, page } = place
  const lines = tasks.map((task, index) => numbered(page * lanePage + index + 1, task, viewer))
  const buttons = tasks.map((task) => button(buttonLabel(task), placeScreen, { key: task.key, projectKey }))
  return {
    text: joinHtml(
      [notice, head(place, count), joinHtml(lines.length === 0 ? ['Nothing here.'] : lines, '\n')],
      '\n\n',
    ),
    keyboard: keyboard([
      ...inRows(buttons, 2),
      turnButtons(laneScreen, place, count),
      [
        button(`${signs.back} Board`, boardScreen, { projectKey }),
        ...(count > 1 ? [button('Select', pickScreen, { status, projectKey, page })] : []),
      ],
      undoRow(undo, projectKey),
    ]),
  }
}

function head({ status, projectKey }: LanePlace, count: number): Html {
  const of = projectKey === '' ? '' : ` · ${projectKey}`
  return html`${statusSign[status]} ${bold(`${statusName[status]}${of}`)} · ${count}`
}

function numbered(number: number, task: Task, viewer: Viewer): Html {
  const line = taskLine(task, viewer, { before: `${number}. ` })
  return joinHtml([line, questionLine(task)], '\n')
}

function turnButtons(screen: typeof laneScreen, place: LanePlace, count: number): Button[] {
  const pages = Math.max(1, Math.ceil(count / lanePage))
  return pageButtons({ page: place.page, pages }, (page) => screen.encode({ ...place, page }))
}

/** Shows a lane where several tasks can be selected for one change. */
export function pickCard({
  place,
  tasks,
  count,
  picked,
  ...viewer
}: Omit<LaneFacts, 'undo' | 'notice'> & { readonly picked: readonly string[] }): Card {
  const isPicked = (task: Task) => picked.includes(task.id)
  const lines = tasks.map((task) =>
    taskLine(task, viewer, { before: isPicked(task) ? `${signs.checked} ` : `${signs.unchecked} ` }),
  )
  const toggles = tasks.map((task) =>
    button(buttonLabel(task, isPicked(task) ? `${signs.checked} ` : `${signs.unchecked} `), pickTap, {
      card: `${isPicked(task) ? '-' : '+'}${task.key}`,
      ...place,
    }),
  )
  const does = (label: string, change: string) => button(label, changePickedTap, { change, ...place })
  const changes: Button[][] =
    picked.length === 0
      ? []
      : [
          lanesBut(place.status).map((to) => does(`→ ${statusName[to]}`, to)),
          taskPriorities.map((priority) => does(prioritySign[priority], `!${priority}`)),
          [does(`${signs.focus} Focus`, 'focus'), does('Queue', 'queue')],
        ]
  return {
    text: joinHtml([html`${head(place, count)} · ${picked.length} selected`, joinHtml(lines, '\n')], '\n\n'),
    keyboard: keyboard([
      ...inRows(toggles, 2),
      turnButtons(pickScreen, place, count),
      ...changes.flatMap((row) => inRows(row, row.length > 5 ? 6 : 3)),
      [button(`${signs.back} Back`, laneScreen, place)],
    ]),
  }
}

function lanesBut(status: TaskStatus): TaskStatus[] {
  return (['inbox', 'todo', 'hold', 'ready', 'done', 'archived'] as const).filter((one) => one !== status)
}

/** Shows a task between its neighbors in the lane, and where it can move. */
export function placeCard(
  task: Task,
  {
    projectKey,
    neighbours,
    undo,
    ...viewer
  }: Viewer & {
    readonly projectKey: string
    readonly neighbours: Neighbors
    readonly undo: string | null
  },
): Card {
  const { above, below, position } = neighbours
  const go = (label: string, to: string): Button =>
    button(label, placeTap, { key: task.key, to, projectKey, from: task.status })
  const line = (number: number, one: Task, mark = '') =>
    taskLine(one, viewer, { before: `${mark}${number}. ` })
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const around = [
    above === null ? html`<i>top of the lane</i>` : line(position, above),
    line(position + 1, task, `${hereSign} `),
    below === null ? html`<i>end of the lane</i>` : line(position + 2, below),
  ]
  // Closed tasks are ordered by when they were closed and can't be reordered.
  const list = isOpen ? around : [taskLine(task, viewer)]
  const shifts = [
    ...(above === null ? [] : [go(`${topSign} Top`, 'top'), go(`${upSign} Up`, 'up')]),
    ...(below === null ? [] : [go(`${downSign} Down`, 'down')]),
  ]
  const of = projectKey === '' ? '' : ` · ${projectKey}`
  const lanes = lanesBut(task.status).map((to) => go(`→ ${statusName[to]}`, to))
  return {
    text: joinHtml(
      [html`${statusSign[task.status]} ${bold(`${statusName[task.status]}${of}`)}`, joinHtml(list, '\n')],
      '\n\n',
    ),
    keyboard: keyboard([
      isOpen ? shifts : [],
      ...inRows(lanes, 3),
      [
        button(`${signs.back} ${statusName[task.status]}`, laneScreen, { status: task.status, projectKey }),
        button('Open', openTap, { key: task.key }),
      ],
      undoRow(undo, projectKey),
    ]),
  }
}
