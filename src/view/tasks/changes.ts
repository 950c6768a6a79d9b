import type { TaskStatus } from '../../domain/core/task-values.ts'
import { isAnswerUndoable, type Question } from '../../domain/questions/question.ts'
import type { Act } from '../../domain/quick-add/acts.ts'
import type { Answered } from '../../domain/tasks/questions/answer.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { button } from '../kit/buttons.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml, title } from '../kit/html.ts'
import { agentName, engineName, priorityName, queuedFor, statusName, turnSign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { dueText, type Viewer } from '../kit/when.ts'
import { handOffTap, openTap, stopAndMoveTap, undoTap } from './callbacks.ts'
import { answeredNotice, queueUnansweredCard, stopAndMoveCard } from './handoffs.ts'
import { fitToLine } from './line.ts'
import { questionHead } from './questions/question-text.ts'

/** The outcome for one task that the owner's message named. */
export interface ChangedTask {
  readonly before: Task
  readonly task: Task
  readonly act: Act
  readonly isChanged: boolean
}

/** The outcome of the owner's message about several tasks. */
export interface Changes {
  readonly changed: readonly ChangedTask[]
  /** Questions that the message answered. */
  readonly answered: readonly Answered[]
  /** Tasks that an agent is working on, and their wanted status. */
  readonly stops: readonly { readonly task: Task; readonly to: TaskStatus }[]
  /** Tasks to be queued that have an open question. */
  readonly unanswered: readonly Task[]
  /** What couldn't be done and why. */
  readonly problems: readonly string[]
  /** The audit entry that reverts all changes. */
  readonly auditId: string | null
}

/** Shows one line per task, confirmations, problems and Undo. */
export function changesCard(changes: Changes, viewer: Viewer): Card {
  const { changed, answered, stops, unanswered, problems, auditId } = changes
  const [stop] = stops
  const [question] = unanswered
  if (changed.length + answered.length + problems.length + stops.length + unanswered.length === 1) {
    if (stop !== undefined) return stopAndMoveCard(stop.task, stop.to, 'card', viewer)
    if (question !== undefined) return queueUnansweredCard(question, 'card')
  }
  const lines = [
    ...changed.map((one) => changedLine(one, viewer)),
    ...answered.flatMap((one) =>
      one.task === null
        ? []
        : html`${bold(one.task.key)} ${answeredNotice(one, one.task, 'card').notice ?? nextItem(one.question)}`,
    ),
    ...stops.map(({ task, to }) => stopAndMoveCard(task, to, 'card', viewer).text),
    ...unanswered.map((task) => queueUnansweredCard(task, 'card').text),
    ...problems.map((problem) => html`${signs.problem} ${problem}`),
  ]
  const undone = answered.flatMap((one) => (isAnswerUndoable(one.question) ? [one.auditId] : []))
  const undo = [auditId, ...undone].filter((id) => id !== null)
  return {
    text: joinHtml(lines, '\n'),
    keyboard: keyboard([
      ...inRows(confirmButtons(changes), 1),
      undo.map((audit): Button => button(`${signs.undo} Undo`, undoTap, { on: 'card', audit })),
    ]),
  }
}

function nextItem(question: Question): Html {
  return html`Next: ${title(questionHead(question))}`
}

const maxAsked = 8

function confirmButtons({ stops, unanswered }: Changes): Button[] {
  const stop = stops.map(
    ({ task, to }): Button =>
      button(
        `Stop ${task.key} → ${statusName[to]}`,
        stopAndMoveTap,
        { on: 'card', key: task.key, from: task.status, to },
        'danger',
      ),
  )
  const queue = unanswered.map(
    ({ key, status }): Button =>
      button(`Queue ${key} anyway`, handOffTap, { on: 'card', key, from: status, goal: 'work', sure: true }),
  )
  const open = unanswered.map(({ key }): Button => button(`Answer ${key}`, openTap, { key }))
  return [...stop, ...queue.flatMap((button, index) => [open[index] ?? button, button])].slice(0, maxAsked)
}

function changedLine({ before, task, act, isChanged }: ChangedTask, viewer: Viewer): Html {
  const result = isChanged ? changeText(before, task, act, viewer) : unchangedText(task, act)
  const start = `${turnSign(task)} `
  return html`${start}${bold(task.key)} ${fitToLine(task.title, `${start}${task.key}  · ${result}`)} · ${result}`
}

function unchangedText(task: Task, { verb }: Act): string {
  if (task.runState === 'running' && verb === 'queue') return `${agentName(task.lastRun)} is already on it`
  if (task.runState === 'queued' && verb === 'queue') return 'already queued'
  return 'nothing to change'
}

function changeText(before: Task, task: Task, act: Act, { now, timeZone }: Viewer): string {
  const parts = [
    handoffText(before, task),
    act.priority !== undefined && priorityName[task.priority],
    act.dueAt !== undefined &&
      (task.dueAt === null ? 'no date' : `due ${dueText(task.dueAt, now, timeZone)}`),
    act.focus !== undefined && (act.focus ? 'focus today' : 'out of focus'),
    act.engine !== undefined && (task.engine === null ? 'any engine' : engineName[task.engine]),
    act.labels?.map((name) => `#${name}`).join(' '),
    act.comment !== undefined && 'comment added',
  ]
  return parts.filter(Boolean).join(' · ')
}

/** Describes where a task went and whether an agent had it before. */
function handoffText(before: Task, task: Task): string | null {
  const parts = [
    before.status !== task.status && task.runState !== 'queued' && statusName[task.status],
    before.runState === 'running' && task.runState === null && 'agent stopped',
    before.runState === 'queued' && task.runState === null && 'taken back',
    task.runState === 'queued' &&
      (before.runState !== 'queued' || before.status !== task.status) &&
      queuedFor(task).replace(/^Q/, 'q'),
  ].filter((part) => part !== false)
  return parts.length === 0 ? null : parts.join(' · ')
}
