import type { Digest } from '../domain/digest.ts'
import type { Task, TaskStatus } from '../domain/tasks/task.ts'
import { toScreen } from './buttons.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { bold, clip, type Html, html, joinHtml } from './html.ts'
import { counted, laneCount, runSign, statusName, statusSign, unbroken } from './names.ts'
import { span } from './when.ts'

/** Says that a board without a project takes no tasks yet. */
export function noProjectCard(): Card {
  return {
    text: html`There is no project yet, so there is no place for this.\nMake one first, then send it again.`,
    keyboard: keyboard([[toScreen('+ New project', 'new-project')]]),
  }
}

export interface HomeFacts {
  readonly counts: Readonly<Record<TaskStatus, number>>
  readonly digest: Pick<Digest, 'running' | 'queued' | 'waiting' | 'focus' | 'overdue' | 'dueToday'>
  readonly now: Date
}

const listed = 5

/** Home: what needs the owner, who is working, how much lies where. */
export function homeCard({ counts, digest, now }: HomeFacts): Card {
  const waiting = waitingIn(digest)
  const needsYou = waiting.filter((task) => task.status === 'ready')
  const onHold = waiting.filter((task) => task.status === 'hold')
  const parts = [
    html`🏠 ${bold('Your board')}`,
    countLine(counts),
    section('Needs you', [...needsYou, ...onHold], (task) => taskLine(task, null)),
    section('Working', digest.running, ({ task, runner, since }) =>
      taskLine(task, `${runSign.running} ${runner ?? 'an agent'}, ${span(since, now)}`),
    ),
    section('Queued', digest.queued, ({ task, since }) =>
      taskLine(task, `${runSign.queued} ${span(since, now)}`),
    ),
    todayLine(digest),
  ]
  const open: Button[] = [...needsYou, ...onHold].slice(0, 4).map((task) => ({
    label: `${statusSign[task.status]} ${task.key}`,
    does: { do: 'open', key: task.key },
  }))
  return {
    text: joinHtml(parts.filter(Boolean), '\n\n'),
    keyboard: keyboard([
      ...inRows(open, 2),
      [
        toScreen(counts.inbox > 0 ? `📥 Inbox ${laneCount(counts.inbox)}` : '📥 Inbox', 'inbox'),
        toScreen('📋 Board', 'board'),
      ],
      [toScreen('⭐ Focus', 'focus'), toScreen('🤖 Agents', 'agents')],
      [toScreen('📦 Projects', 'projects'), toScreen('⚙️ Settings', 'settings')],
    ]),
  }
}

/** What waits for the owner, also where the digest names it as in focus or due. */
function waitingIn({ focus, overdue, dueToday, waiting }: HomeFacts['digest']): Task[] {
  return [...focus, ...overdue, ...dueToday, ...waiting]
}

const lanes = ['inbox', 'todo', 'ready', 'hold', 'done'] as const

function countLine(counts: HomeFacts['counts']): Html {
  const shown = lanes.filter((lane) => counts[lane] > 0)
  if (shown.length === 0) return html`Nothing on it yet. Write anything here and it becomes a task.`
  return joinHtml(
    shown.map(
      (lane) => html`${unbroken(`${statusSign[lane]} ${laneCount(counts[lane])} ${statusName[lane]}`)}`,
    ),
    ' · ',
  )
}

function section<T>(title: string, items: readonly T[], line: (item: T) => Html): Html | null {
  if (items.length === 0) return null
  const rest = items.length - listed
  const lines = [...items.slice(0, listed).map(line), ...(rest > 0 ? [html`… and ${rest} more`] : [])]
  return joinHtml([bold(title), ...lines], '\n')
}

function taskLine(task: Task, state: string | null): Html {
  return html`${statusSign[task.status]} <b>${task.key}</b> ${clip(task.title, 60)}${state !== null && html` · ${state}`}`
}

function todayLine({ focus, overdue, dueToday }: HomeFacts['digest']): Html | null {
  const parts = [
    focus.length === 0 ? null : `⭐ ${focus.length} in focus`,
    overdue.length === 0 ? null : `📅 ${overdue.length} overdue`,
    dueToday.length === 0 ? null : `📅 ${counted(dueToday.length, 'task')} due today`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : joinHtml(parts, ' · ')
}
