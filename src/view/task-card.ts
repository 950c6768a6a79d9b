import type { Task, TaskDetail } from '../domain/tasks/task.ts'
import type { Surface } from './callbacks.ts'
import { type Card, keyboard } from './card.ts'
import { fitMessage } from './fit.ts'
import { bold, type Content, html, joinHtml } from './html.ts'
import { type TaskButtonsOptions, taskButtons } from './task-buttons.ts'
import { taskText } from './task-text.ts'

export interface TaskCardOptions extends TaskButtonsOptions {
  /** Who is working on it. */
  readonly runner?: string | null | undefined
  /** A line on top: what was understood, what has changed. */
  readonly notice?: Content
}

/** The card of a task: what is to be said of it, and the buttons that fit. */
export function taskCard(task: Task | TaskDetail, options: TaskCardOptions): Card {
  return {
    text: fitMessage(joinHtml([options.notice, taskText(task, options)], '\n')),
    keyboard: keyboard(taskButtons(task, options)),
  }
}

/** What tells two states of a task apart: a card that shows this version shows the truth. */
export function taskVersion(task: TaskDetail): string {
  const { status, runState, updatedAt, latestResult, feedback } = task
  return [updatedAt.getTime(), status, runState, latestResult?.workedAt.getTime(), feedback.length].join('.')
}

/** Asks once before a task is deleted. */
export function deleteCard(task: Task, on: Surface): Card {
  return {
    text: html`🗑 Delete ${bold(task.key)} · ${task.title}?\nIts work logs stay, and Undo brings it back.`,
    keyboard: keyboard([
      [
        { label: 'Delete', does: { do: 'delete', on, key: task.key, sure: true }, style: 'danger' },
        { label: 'Keep', does: { do: 'menu', on, key: task.key, menu: 'main', page: 0 } },
      ],
    ]),
  }
}
