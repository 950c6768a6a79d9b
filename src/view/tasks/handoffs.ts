import type { TaskStatus } from '../../domain/core/task-values.ts'
import type { Question } from '../../domain/questions/question.ts'
import type { Answered } from '../../domain/tasks/questions/answer.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { runOf } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import { toasts } from '../kit/answers.ts'
import { button } from '../kit/buttons.ts'
import { type Button, type Card, keyboard } from '../kit/card.ts'
import { bold, type Html, html, title } from '../kit/html.ts'
import { agentName, queuedFor, statusName } from '../kit/names.ts'
import { ago, span, type Viewer } from '../kit/when.ts'
import { handOffTap, menuTap, type Surface, sendBackTap, stopAndMoveTap } from './callbacks.ts'
import { moveButton, takeBackButton } from './moves.ts'
import { answerText, outcomeText, waitedText } from './questions/outcome.ts'

/** A line on top of a card that says where a handoff went, and the alternatives next to Undo. */
export interface HandoffNotice {
  readonly notice: Html
  /** The notice is about the question that the card would show as answered. */
  readonly isAnswered?: true
  readonly extra: readonly Button[]
}

/** After an answer: says what was answered and where the task went. Empty while more is to be answered. */
export function answeredNotice(
  { question }: Pick<Answered, 'question'>,
  task: Task,
  on: Surface,
): Partial<HandoffNotice> {
  if (question.state === 'open') return {}
  const extra = turnOf(task) === 'queued' ? [moveButton(task, on, 'hold', { label: 'Keep on hold' })] : []
  const notice = html`${outcomeText(question)} · ${whereText(task, question)}${waitedText(question)}`
  return { notice, isAnswered: true, extra }
}

/** After an answer to a question that was already closed, or to an item that was answered before. */
export function lateAnswerNotice(
  { question }: Pick<Answered, 'question'>,
  { now }: Viewer,
  keptWords: boolean,
): Html {
  const { answeredAt, state } = question
  const kept = keptWords ? ' I kept your words as a comment.' : ''
  if (state === 'open') return html`You’ve already answered that part.${kept}`
  if (state === 'withdrawn') return html`That question was withdrawn.${kept}`
  if (state === 'expired') return html`${outcomeText(question)}.${kept}`
  const when = answeredAt === null ? '' : ` ${ago(answeredAt, now)}`
  return html`Already answered${when}: ${title(answerText(question), maxAnswer)}.${kept}`
}

const maxAnswer = 120

/** The short answer to a tap or to words. */
export function answerToast({ question, isLate }: Pick<Answered, 'question' | 'isLate'>): string {
  switch (question.state) {
    case 'open':
      return isLate ? toasts.alreadyAnswered : ''
    case 'answered':
      return isLate ? toasts.alreadyAnswered : toasts.answered
    case 'withdrawn':
      return toasts.withdrawn
    case 'expired':
      return toasts.expired
  }
}

/** After words about a permission, which never allow anything. */
export function wordsKeptNotice(): Html {
  return html`${toasts.wordsKept}`
}

/** After sending a ready task back. */
export function sentBackNotice(task: Task, on: Surface): HandoffNotice {
  return {
    notice: html`Sent back · ${whereText(task)}`,
    extra: [{ ...takeBackButton(task, on), label: 'Only move to Todo' }],
  }
}

/** After a comment on a task in review: asks whether to send the task back with it. */
export function reviewCommentNotice({ key }: Task, on: Surface): HandoffNotice {
  return {
    notice: html`Kept as a comment. Send ${key} back with it?`,
    extra: [
      button('Send back with it', sendBackTap, { on, key }),
      button('Just a comment', menuTap, { on, key, menu: 'main', page: 0 }),
    ],
  }
}

/** Describes where a task is now: "queued for Codex", "on hold". An agent that waited goes on. */
function whereText(task: Task, question?: Question): string {
  if (question !== undefined && question.returnsTo === null) return `${agentName(question)} goes on`
  switch (turnOf(task)) {
    case 'queued':
      return queuedFor(task).replace(/^Q/, 'q')
    case 'working':
      return `${agentName(runOf(task))} is working on it`
    default:
      return task.status === 'hold' ? 'on hold' : `now in ${statusName[task.status]}`
  }
}

const closing: Partial<Record<TaskStatus, string>> = { done: 'mark done', hold: 'hold', archived: 'drop' }

/** Asks once before a move stops the agent that is working on a task. */
export function stopAndMoveCard(task: Task, to: TaskStatus, on: Surface, { now }: Viewer): Card {
  const run = runOf(task)
  const since = run?.since ?? task.runStateUpdatedAt ?? now
  return {
    text: html`${agentName(run)} has been on ${bold(task.key)} for ${span(since, now)}. Stop it?`,
    keyboard: keyboard([
      [
        button(
          `Stop and ${closing[to] ?? `move to ${statusName[to]}`}`,
          stopAndMoveTap,
          { on, key: task.key, from: task.status, to },
          'danger',
        ),
        button('Keep it running', menuTap, { on, key: task.key, menu: 'main', page: 0 }),
      ],
    ]),
  }
}

/** Asks once before queueing a task withdraws its open question. */
export function queueUnansweredCard(task: Task, on: Surface): Card {
  const { key, status: from } = task
  return {
    text: html`${bold(task.key)} has an open question. Queue it without an answer?`,
    keyboard: keyboard([
      [
        button('Queue anyway', handOffTap, { on, key, from, goal: 'work', sure: true }),
        button('Back to the question', menuTap, { on, key: task.key, menu: 'main', page: 0 }),
      ],
    ]),
  }
}
