import type { Neighbours } from '../domain/tasks/lanes.ts'
import { type Task, type TaskStatus, taskPriorities } from '../domain/tasks/task.ts'
import { type LanePlace, toLaneArgument, undoRow } from './board.ts'
import { doesAct, pageButtons, toScreen } from './buttons.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { bold, type Html, html, joinHtml } from './html.ts'
import { prioritySign, statusName, statusSign } from './names.ts'
import { columnsFor, taskLine } from './task-line.ts'
import type { Reader } from './when.ts'

/** How many cards a page of a lane has. */
export const lanePage = 8

export interface LaneFacts extends Reader {
  readonly place: LanePlace
  readonly tasks: readonly Task[]
  readonly count: number
  readonly undo: string | null
}

/** A lane of the board: its cards in their order; a tap takes one in hand. */
export function laneCard({ place, tasks, count, undo, ...reader }: LaneFacts): Card {
  const { status, projectKey, page } = place
  const lines = tasks.map((task, index) => numbered(page * lanePage + index + 1, task, reader))
  const buttons = tasks.map(({ key }) => toScreen(key, 'place', `${key}.${projectKey}`))
  return {
    text: joinHtml(
      [head(place, count), joinHtml(lines.length === 0 ? ['Nothing here.'] : lines, '\n')],
      '\n\n',
    ),
    keyboard: keyboard([
      ...inRows(buttons, columnsFor(tasks.map(({ key }) => key))),
      turnButtons('lane', place, count),
      [
        toScreen('‹ Board', 'board', projectKey),
        ...(count > 1 ? [toScreen('☑ Select', 'pick', toLaneArgument({ status, projectKey }), page)] : []),
      ],
      undoRow(undo, projectKey),
    ]),
  }
}

function head({ status, projectKey }: LanePlace, count: number): Html {
  const of = projectKey === '' ? '' : ` · ${projectKey}`
  return html`${statusSign[status]} ${bold(`${statusName[status]}${of}`)} · ${count}`
}

function numbered(number: number, task: Task, reader: Reader): Html {
  return html`${number}. ${taskLine(task, reader, { status: false })}`
}

function turnButtons(name: 'lane' | 'pick', place: LanePlace, count: number): Button[] {
  const pages = Math.max(1, Math.ceil(count / lanePage))
  return pageButtons({ name, argument: toLaneArgument(place), page: place.page, pages })
}

/** A lane of which several cards are picked for one change. */
export function pickCard({
  place,
  tasks,
  count,
  picked,
  ...reader
}: Omit<LaneFacts, 'undo'> & { readonly picked: readonly string[] }): Card {
  const lane = `${toLaneArgument(place)}.${place.page}`
  const isPicked = (task: Task) => picked.includes(task.id)
  const lines = tasks.map(
    (task) => html`${isPicked(task) ? '☑' : '☐'} ${taskLine(task, reader, { status: false })}`,
  )
  const toggles = tasks.map((task) =>
    doesAct(`${isPicked(task) ? '☑' : '☐'} ${task.key}`, {
      name: 'pick',
      about: `${isPicked(task) ? '-' : '+'}${task.key}`,
      value: lane,
    }),
  )
  const does = (label: string, what: string) => doesAct(label, { name: 'picked', about: what, value: lane })
  const changes: Button[][] =
    picked.length === 0
      ? []
      : [
          lanesBut(place.status).map((to) => does(`→ ${statusName[to]}`, to)),
          taskPriorities.map((priority) => does(prioritySign[priority], `!${priority}`)),
          [does('⭐ Focus', 'focus'), does('Queue', 'queue')],
        ]
  return {
    text: joinHtml([html`${head(place, count)} · ${picked.length} selected`, joinHtml(lines, '\n')], '\n\n'),
    keyboard: keyboard([
      ...inRows(toggles, Math.min(3, columnsFor(tasks.map(({ key }) => `${key}--`)))),
      turnButtons('pick', place, count),
      ...changes.flatMap((row) => inRows(row, row.length > 5 ? 6 : 3)),
      [toScreen('‹ Back', 'lane', toLaneArgument(place), place.page)],
    ]),
  }
}

function lanesBut(status: TaskStatus): TaskStatus[] {
  return (['inbox', 'todo', 'hold', 'ready', 'done', 'archived'] as const).filter((one) => one !== status)
}

/** One card in hand: where it lies among its neighbours, and where it can go. */
export function placeCard(
  task: Task,
  {
    projectKey,
    neighbours,
    undo,
    ...reader
  }: Reader & {
    readonly projectKey: string
    readonly neighbours: Neighbours
    readonly undo: string | null
  },
): Card {
  const { above, below, position } = neighbours
  const go = (label: string, to: string): Button =>
    doesAct(label, { name: 'place', about: task.key, value: `${to}.${projectKey}.${task.status}` })
  const line = (number: number, one: Task) => html`${number}. ${taskLine(one, reader, { status: false })}`
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const around = [
    above === null ? html`<i>top of the lane</i>` : line(position, above),
    html`▶️ ${line(position + 1, task)}`,
    below === null ? html`<i>end of the lane</i>` : line(position + 2, below),
  ]
  // What is finished lies by when it came, and nobody sorts it.
  const list = isOpen ? around : [taskLine(task, reader, { status: false })]
  const shifts = [
    ...(above === null ? [] : [go('⤒ Top', 'top'), go('↑ Up', 'up')]),
    ...(below === null ? [] : [go('↓ Down', 'down')]),
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
        toScreen(`‹ ${statusName[task.status]}`, 'lane', toLaneArgument({ status: task.status, projectKey })),
        { label: 'Open', does: { do: 'open', key: task.key } },
      ],
      undoRow(undo, projectKey),
    ]),
  }
}
