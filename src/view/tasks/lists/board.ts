import { type TaskStatus, taskStatuses } from '../../../domain/core/task-values.ts'
import type { BoardLane } from '../../../domain/tasks/lists/lanes.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { toasts } from '../../kit/answers.ts'
import { button, chosen } from '../../kit/buttons.ts'
import { defineAct, defineScreen, field } from '../../kit/callbacks.ts'
import { type Button, type Card, inRows, keyboard } from '../../kit/card.ts'
import { bold, type Content, type Html, html, joinHtml, shorten } from '../../kit/html.ts'
import { boardScreen, undoOn } from '../../kit/links.ts'
import { counted, laneCount, statusName, statusSign } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'
import type { Viewer } from '../../kit/when.ts'
import { questionLine, taskLine } from '../line.ts'

export const laneScreen = defineScreen('lane', { status: field.named(taskStatuses), projectKey: field.text })
const movable = field.named(['ready', 'done'])
/** Asks before a whole lane is moved. */
export const moveAllTap = defineAct('all', { status: movable }, { projectKey: field.text })
export const sureMoveAllTap = defineAct('all-sure', { status: movable }, { projectKey: field.text })
export const boardUndoTap = undoOn(
  'board',
  defineAct('board-undo', { audit: field.uuid }, { about: field.text }),
)

/** Tasks per lane on the board. */
export const cardsALane = 4

/** A page of a lane, of all projects or one. */
export interface LanePlace {
  readonly status: TaskStatus
  /** Empty: all projects. */
  readonly projectKey: string
  readonly page: number
}

export interface BoardFacts extends Viewer {
  readonly lanes: readonly BoardLane[]
  readonly projectKeys: readonly string[]
  readonly projectKey: string
  readonly undo: string | null
  /** A line on top, e.g. what was skipped. */
  readonly notice?: Content
}

/** /board: the lanes with their counts and first tasks. */
export function boardCard({ lanes, projectKeys, projectKey, undo, notice, ...viewer }: BoardFacts): Card {
  const head = html`${bold(projectKey === '' ? 'Board' : `Board · ${projectKey}`)}`
  const shown = lanes.filter((lane) => lane.count > 0)
  const isEmpty = shown.length === 0
  return {
    text: joinHtml(
      [notice, head, ...(isEmpty ? ['Your board is empty.'] : shown.map((lane) => laneBlock(lane, viewer)))],
      '\n\n',
    ),
    keyboard: keyboard([
      ...inRows(
        shown.map(({ status, count }) => {
          const label = `${statusSign[status]} ${statusName[status]} ${laneCount(count)}`
          return button(label, laneScreen, { status, projectKey })
        }),
        3,
      ),
      bulkButtons(lanes, projectKey),
      ...projectRows(projectKeys, projectKey),
      undoRow(undo, projectKey),
    ]),
  }
}

function laneBlock({ status, count, tasks }: BoardLane, viewer: Viewer): Html {
  const head = html`${statusSign[status]} ${bold(statusName[status])} · ${laneCount(count)}`
  const rest = count - tasks.length
  const lines = tasks
    .flatMap((task) => [taskLine(task, viewer), questionLine(task)])
    .filter((line) => line !== null)
  return joinHtml([head, ...lines, tasks.length > 0 && rest > 0 && html`<i>… and ${rest} more</i>`], '\n')
}

function bulkButtons(lanes: readonly BoardLane[], projectKey: string): Button[] {
  const countOf = (status: TaskStatus) => lanes.find((lane) => lane.status === status)?.count ?? 0
  const [ready, done] = [countOf('ready'), countOf('done')]
  return [
    ...(ready > 1
      ? [button(`Accept ${laneCount(ready)} ready`, moveAllTap, { status: 'ready', projectKey })]
      : []),
    ...(done > 0
      ? [button(`Archive ${laneCount(done)} done`, moveAllTap, { status: 'done', projectKey })]
      : []),
  ]
}

const maxProjects = 11

function projectRows(keys: readonly string[], current: string): Button[][] {
  if (keys.length < 2) return []
  const all = button(chosen('All', current === ''), boardScreen, { projectKey: '' })
  const each = keys
    .slice(0, maxProjects)
    .map((key) => button(chosen(key, key === current), boardScreen, { projectKey: key }))
  return inRows([all, ...each], 4)
}

/** A row that undoes the last change. */
export function undoRow(undo: string | null, projectKey: string): Button[] {
  return undo === null ? [] : [button(`${signs.undo} Undo`, boardUndoTap, { audit: undo, about: projectKey })]
}

/** For a project that doesn't exist. */
export function unknownProjectText(key: string): string {
  return `No project ${shorten(key, 30)} – showing all.`
}

/** Asks once before moving a whole lane. */
export function moveAllCard(
  lane: { readonly status: 'ready' | 'done'; readonly projectKey: string },
  tasks: { readonly keys: readonly string[]; readonly count: number },
): Card {
  const { status, projectKey } = lane
  const verb = status === 'ready' ? 'Accept' : 'Archive'
  const moved = tasks.keys.length
  const named = tasks.keys.slice(0, 12).join(', ')
  const of = projectKey === '' ? '' : ` of ${projectKey}`
  const what = `${verb} ${moved < tasks.count ? `${moved} of ${tasks.count}` : `all ${moved}`} ${status} tasks${of}?`
  return {
    text: joinHtml([bold(what), `${named}${moved > 12 ? ' …' : ''}`, 'Undo takes all of them back.'], '\n'),
    keyboard: keyboard([
      [
        button(`${verb} ${moved}`, sureMoveAllTap, { status, projectKey }, 'primary'),
        button('Keep', boardScreen, { projectKey }),
      ],
    ]),
  }
}

/** Tasks that a bulk change skipped, by reason. */
export interface Skipped {
  /** They have left the lane in the meantime. */
  readonly moved?: readonly Task[]
  /** An agent is working on them. */
  readonly working?: readonly Task[]
  /** They have an open question. */
  readonly unanswered?: readonly Task[]
  /** They can't be queued as they are. */
  readonly refused?: readonly Task[]
}

const skipReasons: Record<keyof Skipped, (count: number) => string> = {
  moved: () => 'moved in the meantime',
  working: (count) => `an agent is on ${count === 1 ? 'it' : 'them'}`,
  unanswered: (count) => `${count === 1 ? 'its question is' : 'their questions are'} open`,
  refused: () => "can't be queued",
}

/** Lists what was skipped, by reason: "2 skipped: an agent is on them (WEB-2, WEB-3)". */
export function skippedText(skipped: Skipped): string {
  const named = (tasks: readonly Task[]) => {
    const keys = tasks.slice(0, 6).map(({ key }) => key)
    return `${keys.join(', ')}${tasks.length > keys.length ? ' …' : ''}`
  }
  return (['working', 'unanswered', 'refused', 'moved'] as const)
    .flatMap((reason) => {
      const tasks = skipped[reason] ?? []
      return tasks.length === 0
        ? []
        : [`${tasks.length} skipped: ${skipReasons[reason](tasks.length)} (${named(tasks)}).`]
    })
    .join(' ')
}

/** Summarizes a bulk change as a toast. */
export function changedManyToast(count: number, skipped: Skipped = {}): string {
  const left = skippedText(skipped)
  if (left === '') return count === 0 ? toasts.unchanged : `${counted(count, 'task')} changed.`
  return `${count === 0 ? 'Nothing' : counted(count, 'task')} changed. ${left}`
}
