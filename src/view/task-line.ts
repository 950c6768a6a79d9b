import { isFocused } from '../domain/tasks/focus.ts'
import type { Task } from '../domain/tasks/task.ts'
import type { Button } from './card.ts'
import { inRows } from './card.ts'
import { bold, clip, type Html, html } from './html.ts'
import { prioritySign, runSign, statusSign } from './names.ts'
import { dueText, type Reader } from './when.ts'

const maxTitle = 80

/** A task in one line of a list: its key and title, and what stands out about it. */
export function taskLine(
  task: Task,
  reader: Reader,
  {
    status = true,
    due = true,
    focus = true,
  }: { readonly status?: boolean; readonly due?: boolean; readonly focus?: boolean } = {},
): Html {
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const marks = [
    task.priority === 'none' || !isOpen ? null : prioritySign[task.priority],
    task.runState === null ? null : runSign[task.runState],
    focus && isFocused(task, reader) ? '⭐' : null,
    task.dueAt === null || !isOpen || !due
      ? null
      : `📅\u00a0${dueText(task.dueAt, reader.now, reader.timeZone)}`,
  ].filter((mark) => mark !== null)
  const sign = status ? `${statusSign[task.status]} ` : ''
  return html`${sign}${bold(task.key)} ${clip(task.title, maxTitle)}${marks.length > 0 && ` ${marks.join(' ')}`}`
}

/** Buttons that open the cards of tasks, in rows that a thumb can hit. */
export function openButtons(tasks: readonly Pick<Task, 'key'>[]): Button[][] {
  const buttons = tasks.map(({ key }): Button => ({ label: key, does: { do: 'open', key } }))
  return inRows(buttons, columnsFor(tasks.map(({ key }) => key)))
}

/** How many buttons with such labels fit side by side on a phone. */
export function columnsFor(labels: readonly string[]): number {
  const longest = Math.max(0, ...labels.map((label) => [...label].length))
  return longest <= 8 ? 4 : longest <= 12 ? 3 : 2
}
