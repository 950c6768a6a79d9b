import type { TaskStatus } from '../../domain/core/task-values.ts'
import type { Question } from '../../domain/questions/question.ts'
import type { Answered } from '../../domain/tasks/questions/answer.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { runOf } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import { button } from '../kit/buttons.ts'
import { type Button, type Card, keyboard } from '../kit/card.ts'
import { bold, type Html, html, title } from '../kit/html.ts'
import { agentName, queuedFor, statusName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { ago, span, type Viewer } from '../kit/when.ts'
import { handOffTap, menuTap, type Surface, sendBackTap, stopAndMoveTap } from './callbacks.ts'
import { moveButton, takeBackButton } from './moves.ts'

/** A line on top of a card that says where a handoff went, and the alternatives next to Undo. */
export interface HandoffNotice {
  readonly notice: Html
  readonly extra: readonly Button[]
}

const maxAnswer = 120

/** After an answer: says what was answered and where the task went. */
export function answeredNotice(
  { question }: Pick<Answered, 'question'>,
  task: Task,
  on: Surface,
): HandoffNotice {
  const text = title(answerText(question), maxAnswer)
  const extra = turnOf(task) === 'queued' ? [moveButton(task, on, 'hold', { label: 'Keep on hold' })] : []
  return { notice: html`${signs.done} Answered: ${text} · ${whereText(task)}`, extra }
}

/** After an answer to a question that was already closed. */
export function lateAnswerNotice(
  { question }: Pick<Answered, 'question'>,
  { now }: Viewer,
  keptWords: boolean,
): Html {
  const { answeredAt } = question
  const kept = keptWords ? ' I kept your words as a comment.' : ''
  if (question.state !== 'answered') return html`That question was withdrawn.${kept}`
  const when = answeredAt === null ? '' : ` ${ago(answeredAt, now)}`
  return html`Already answered${when}: ${title(answerText(question), maxAnswer)}.${kept}`
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

function answerText({ answer }: Question): string {
  return (answer?.items ?? []).map(({ text }) => text.replace(/\s+/g, ' ')).join('; ')
}

/** Describes where a task is now: "queued for Codex", "on hold". */
function whereText(task: Task): string {
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
