import type { TaskStatus } from '../../domain/core/task-values.ts'
import type { OpenQuestion } from '../../domain/questions/question.ts'
import type { Digest } from '../../domain/reports/digest.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { button } from '../kit/buttons.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Html, html, italic, joinHtml, title } from '../kit/html.ts'
import { agentsScreen, boardScreen, inboxScreen, newProjectScreen, settingsScreen } from '../kit/links.ts'
import { agentName, counted, laneCount, statusName, statusSign, turnSign, unbroken } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import type { Viewer } from '../kit/when.ts'
import { projectsScreen } from '../projects/callbacks.ts'
import { answerTap, openTap, ownQuestionsTap } from '../tasks/callbacks.ts'
import { buttonLabel, needLine, ownQuestionLine, shortSpan, taskLine } from '../tasks/line.ts'
import { triageButton } from '../tasks/lists/deck.ts'
import { focusScreen } from '../tasks/lists/focus.ts'

/** For a task sent before the first project exists. */
export function noProjectCard(): Card {
  return {
    text: html`Create a project first, then send this again.`,
    keyboard: keyboard([[button('+ New project', newProjectScreen)]]),
  }
}

export interface HomeFacts extends Viewer {
  readonly counts: Readonly<Record<TaskStatus, number>>
  /** Open questions that are about no task. */
  readonly questions: readonly OpenQuestion[]
  readonly digest: Pick<Digest, 'needsYou' | 'running' | 'queued' | 'focus' | 'overdue' | 'dueToday'>
}

const listed = 5
const openable = 4

/** Shows what needs the owner, who is working, what is queued, and the count of each lane. */
export function homeCard({ counts, digest, questions, ...viewer }: HomeFacts): Card {
  const { needsYou, running, queued } = digest
  const parts = [
    html`${signs.home} ${bold('Your board')}`,
    needsSection(needsYou, questions),
    section('Working', running, ({ task, runner, since }) => {
      const who = html`${title(runner ?? agentName(null), 28)}, ${shortSpan(since, viewer.now)}`
      return html`${taskLine(task, viewer, { due: false })}\n\u2003${italic(who)}`
    }),
    section('Queued', queued, ({ task, since }) =>
      taskLine(task, viewer, { due: false, after: `· ${shortSpan(since, viewer.now)}` }),
    ),
    todayLine(digest),
    countLine(counts),
  ]
  return {
    text: joinHtml(parts.filter(Boolean), '\n\n'),
    keyboard: keyboard([
      ...needRows(needsYou.tasks),
      questions.length === 0
        ? []
        : [button(`Show ${counted(questions.length, 'question')} without a task`, ownQuestionsTap)],
      needsYou.newCount > 0 ? [triageButton(needsYou.newCount)] : [],
      [
        ...(needsYou.newCount > 0 ? [] : [button('Inbox', inboxScreen)]),
        button('Board', boardScreen, { projectKey: '' }),
        button('Focus', focusScreen, { list: '' }),
      ],
      [
        button('Agents', agentsScreen),
        button('Projects', projectsScreen),
        button('Settings', settingsScreen, { part: '' }),
      ],
    ]),
  }
}

function needsSection(
  { tasks, count, newCount }: Digest['needsYou'],
  questions: readonly OpenQuestion[],
): Html | null {
  if (count === 0 && newCount === 0 && questions.length === 0) return null
  const rest = count - Math.min(tasks.length, listed)
  return joinHtml(
    [
      bold('Needs you'),
      ...tasks.slice(0, listed).map((task) => needLine(task)),
      rest > 0 && `… and ${rest} more`,
      ...questions.slice(0, listed).map(ownQuestionLine),
      newCount > 0 && html`${statusSign.inbox} ${laneCount(newCount)} new to triage`,
    ],
    '\n',
  )
}

/** A button per task. The first task also shows its question's options if they are few and short. */
function needRows(tasks: readonly Task[]): Button[][] {
  const open = (task: Task, row: 'half' | 'whole'): Button =>
    button(buttonLabel(task, `${turnSign(task)} `, row), openTap, { key: task.key })
  const shown = tasks.slice(0, openable)
  const [first, ...others] = shown
  const answers = quickAnswers(first)
  if (first === undefined) return []
  if (answers.length === 0)
    return inRows(
      shown.map((task) => open(task, shown.length > 1 ? 'half' : 'whole')),
      2,
    )
  const rest = others.map((task) => open(task, others.length > 1 ? 'half' : 'whole'))
  return [[open(first, 'whole')], answers, ...inRows(rest, 2)]
}

const maxAnswers = 3
const shortAnswer = 16

function quickAnswers(task: Task | undefined): Button[] {
  const question = task?.question ?? null
  const [item, ...further] = question?.items ?? []
  // Plans and permissions should be read before they are answered.
  const isPlain = question?.kind === 'block' || question?.kind === 'ask'
  if (question === null || !isPlain || item === undefined || further.length > 0) return []
  const isShort = item.options.every(({ label }) => [...label].length <= shortAnswer)
  if (item.options.length > maxAnswers || !isShort || item.multi) return []
  return item.options.map(({ id, label }) =>
    button(label, answerTap, { on: 'card', question: question.id, option: id }),
  )
}

const lanes = ['inbox', 'todo', 'ready', 'hold', 'done'] as const

function countLine(counts: HomeFacts['counts']): Html {
  const shown = lanes.filter((lane) => counts[lane] > 0)
  if (shown.length === 0) return html`Your board is empty. Anything you write becomes a task.`
  return joinHtml(
    shown.map(
      (lane) => html`${unbroken(`${statusSign[lane]} ${laneCount(counts[lane])} ${statusName[lane]}`)}`,
    ),
    ' · ',
  )
}

function section<T>(name: string, items: readonly T[], line: (item: T) => Html): Html | null {
  if (items.length === 0) return null
  const rest = items.length - listed
  const lines = [...items.slice(0, listed).map(line), ...(rest > 0 ? [html`… and ${rest} more`] : [])]
  return joinHtml([bold(name), ...lines], '\n')
}

function todayLine({ focus, overdue, dueToday }: HomeFacts['digest']): Html | null {
  const parts = [
    focus.length === 0 ? null : `${signs.focus} ${focus.length} in focus`,
    overdue.length === 0 ? null : `${signs.overdue} ${overdue.length} overdue`,
    dueToday.length === 0 ? null : `${signs.due} ${counted(dueToday.length, 'task')} due today`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : joinHtml(parts, ' · ')
}
