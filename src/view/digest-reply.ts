import type { TaskEdit } from '../domain/tasks/schemas.ts'
import type { Task } from '../domain/tasks/task.ts'
import { type Card, keyboard } from './card.ts'
import { bold, clip, html, joinHtml } from './html.ts'
import { engineName, priorityName, prioritySign, runSign, statusName, statusSign } from './names.ts'
import { dueText, type Reader } from './when.ts'

/** What came of a reply to numbered lines: a line a task, then what could not be done. */
export function digestReplyCard(
  done: readonly { readonly task: Task; readonly edit: TaskEdit; readonly isChanged: boolean }[],
  problems: readonly string[],
  options: Reader & { readonly undo: string | null },
): Card {
  const lines = done.map(
    ({ task, edit, isChanged }) =>
      html`${statusSign[task.status]} ${bold(task.key)} ${clip(task.title, 50)} · ${isChanged ? changeText(task, edit, options) : 'nothing to change'}`,
  )
  return {
    text: joinHtml([...lines, ...problems.map((problem) => html`⚠️ ${problem}`)], '\n'),
    keyboard: keyboard(
      options.undo === null
        ? []
        : [[{ label: '↩️ Undo', does: { do: 'undo', on: 'card', audit: options.undo } }]],
    ),
  }
}

function changeText(task: Task, edit: TaskEdit, { now, timeZone }: Reader): string {
  const parts = [
    edit.status !== undefined && statusName[task.status],
    edit.priority !== undefined && `${prioritySign[task.priority]} ${priorityName[task.priority]}`,
    edit.dueAt !== undefined &&
      (task.dueAt === null ? 'no date' : `📅 ${dueText(task.dueAt, now, timeZone)}`),
    edit.focus !== undefined && (edit.focus ? '⭐ focus' : 'no longer in focus'),
    edit.runState !== undefined &&
      (task.runState === null ? 'out of the queue' : `${runSign[task.runState]} queued`),
    edit.engine !== undefined && (task.engine === null ? 'any engine' : engineName[task.engine]),
    edit.comment !== undefined && '💬 comment added',
  ]
  return parts.filter((part) => part !== false).join(' · ')
}
