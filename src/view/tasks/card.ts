import { isAnswerUndoable } from '../../domain/questions/question.ts'
import { phaseOfLive } from '../../domain/sessions/live-run.ts'
import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import { whyQueued } from '../../domain/tasks/runners/why-queued.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { button } from '../kit/buttons.ts'
import { markOf } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, type Content, fitMessage, html, joinHtml, title } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import { type TaskButtonsOptions, taskButtons } from './buttons.ts'
import { deleteTap, menuTap, type Surface } from './callbacks.ts'
import { taskCardText } from './text.ts'

export interface TaskCardOptions extends TaskButtonsOptions {
  /** A line on top, e.g. what has changed. */
  readonly notice?: Content
  /** The line on top says how the newest question ended. */
  readonly isAnswered?: boolean
}

/** Renders a task's card: its text and the buttons of its state. */
export function taskCard(task: TaskCardFacts, options: TaskCardOptions): Card {
  return {
    text: fitMessage(joinHtml([options.notice, taskCardText(task, options)], '\n')),
    keyboard: keyboard(taskButtons(task, options)),
  }
}

/** Returns a string that changes with everything a task's card shows. */
export function taskVersion(task: TaskCardFacts, now: Date): string {
  const { status, runState, updatedAt, latestResult, feedback, question, progress } = task
  const { agentComment, closedQuestion, files, live, ran, runners } = task
  const heardAt = feedback.at(-1)?.receivedAt
  const instants = [updatedAt, latestResult?.workedAt, progress?.at, agentComment?.at, heardAt]
  const marks = instants.map((at) => at?.getTime() ?? '')
  const draft = question?.draft ? markOf(JSON.stringify(question.draft)) : ''
  // An agent that received the answer ends its Undo.
  const isFinal = closedQuestion !== null && !isAnswerUndoable(closedQuestion)
  return [
    ...marks,
    status,
    runState,
    feedback.length,
    files.length,
    question?.id,
    draft,
    isFinal,
    live?.toolCalls,
    phaseOfLive(live, now),
    markOf(JSON.stringify([ran?.endedAt && ran, whyQueued(task, runners, now)])),
  ].join('.')
}

/** Asks once before a task is deleted. */
export function deleteCard(task: Task, on: Surface): Card {
  return {
    text: html`${signs.delete} Delete ${bold(task.key)} · ${title(task.title)}?\nIts work logs stay, and Undo brings it back.`,
    keyboard: keyboard([
      [
        button('Delete', deleteTap, { on, key: task.key, sure: true }, 'danger'),
        button('Keep', menuTap, { on, key: task.key, menu: 'main', page: 0 }),
      ],
    ]),
  }
}
