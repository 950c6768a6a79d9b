import { minuteMs } from '../../domain/core/durations.ts'
import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import { lastHeartbeat } from '../../domain/tasks/silent-runs.ts'
import type { NotificationGroup } from '../../telegram/store/messages/stored-request.ts'
import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, fitMessage, type Html, html, joinHtml, title } from '../kit/html.ts'
import { agentName, turnSign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { dueText, span, type Viewer } from '../kit/when.ts'
import { firstLine } from '../markdown/first-line.ts'
import { taskButtons } from './buttons.ts'
import { dueTap } from './callbacks.ts'
import { taskCard } from './card.ts'
import { takeBackButton } from './moves.ts'
import { taskCardText } from './text.ts'

export const nudgeTap = defineAct('nudge', { key: field.text })
export const keepWaitingTap = defineAct('keep-waiting', { key: field.text })

const maxOutcome = 220
const lateMs = 5 * minuteMs

/** Renders a task's card as a notification. The lock screen shows its first line. */
export function postedCard(task: TaskCardFacts, { kind, by }: NotificationGroup, viewer: Viewer): Card {
  switch (kind) {
    case 'new':
      return taskCard(task, { ...viewer, ...(by === null ? {} : { notice: html`Added by ${bold(by)}` }) })
    case 'finished': {
      const outcome = firstLine(task.latestResult?.summary ?? '', maxOutcome)
      const notice = html`${turnSign(task)} ${bold(`${task.key}:`)} ${title(outcome)}`
      return taskCard(task, { ...viewer, ...(outcome === '' ? {} : { notice }) })
    }
    case 'due':
      return dueCard(task, viewer)
    case 'silent-run':
      return silentRunCard(task, viewer)
    default:
      return taskCard(task, viewer)
  }
}

function dueCard(task: TaskCardFacts, viewer: Viewer): Card {
  const { key } = task
  return taskCard(task, {
    ...viewer,
    notice: html`${signs.reminder} ${bold(`${key}:`)} ${whenDue(task, viewer)}`,
    extra: [button('Tomorrow', dueTap, { on: 'card', key, to: 'tomorrow' })],
  })
}

/** Describes when a task is or was due: "due now", "was due today 10:00". */
export function whenDue({ dueAt }: Pick<TaskCardFacts, 'dueAt'>, { now, timeZone }: Viewer): string {
  const isLate = dueAt !== null && now.getTime() - dueAt.getTime() > lateMs
  return isLate ? `was due ${dueText(dueAt, now, timeZone)}` : 'due now'
}

function silentRunCard(task: TaskCardFacts, viewer: Viewer): Card {
  const line = html`${signs.silentRun} ${bold(`${task.key}:`)} ${silence(task, viewer.now)}`
  const [, ...others] = taskButtons(task, viewer)
  const row = [
    button('Nudge', nudgeTap, { key: task.key }),
    takeBackButton(task, 'card'),
    button('Keep waiting', keepWaitingTap, { key: task.key }),
  ]
  return {
    text: fitMessage(joinHtml([line, taskCardText(task, viewer)], '\n')),
    keyboard: keyboard([row, ...others]),
  }
}

/** Describes a silent run: "Claude Code hasn’t checked in for 30 min", "queued for 1 h – no agent has picked it up". */
export function silence(
  task: Parameters<typeof lastHeartbeat>[0] & Pick<TaskCardFacts, 'lastRun'>,
  now: Date,
): string {
  const age = span(lastHeartbeat(task), now)
  return task.runState === 'queued'
    ? `queued for ${age} – no agent has picked it up`
    : `${agentName(task.lastRun)} hasn’t checked in for ${age}`
}

/** Replaces a task's earlier card if Telegram no longer lets us delete it. */
export function earlierCard(task: { readonly key: string; readonly title: string } | null): Card {
  return { text: task === null ? deletedText : html`${bold(task.key)} ${title(task.title)} – see below` }
}

const deletedText: Html = html`This task was deleted.`
