import type { Undone } from '../domain/undo.ts'
import { doesAct } from './buttons.ts'
import { packUuid } from './callbacks.ts'
import { type Card, keyboard } from './card.ts'
import { bold, clip, type Html, html, joinHtml } from './html.ts'
import { counted, statusName, statusSign } from './names.ts'
import { openButtons } from './task-line.ts'

const words: Readonly<Record<string, string>> = {
  'task.edit': 'the change',
  'task.move': 'the move',
  'task.delete': 'the deletion',
  'task.project': 'the move to another project',
  'task.comment': 'the comment',
  'task.queue': 'the queueing',
  'task.release': 'the release',
  'worklog.create': 'the work log',
  'project.create': 'the new project',
  'project.edit': 'the change of the project',
  'project.delete': 'the deletion of the project',
  'project.restore': 'the restore of the project',
  'project.settings': 'the change of the project’s settings',
  'label.create': 'the new label',
  'label.rename': 'the new name of the label',
  'label.color': 'the new colour of the label',
  'label.delete': 'the deletion of the label',
  'label.merge': 'the merging of the labels',
  'token.create': 'the new token, which is shut out now',
  'setting.change': 'the change of the settings',
}

/** What was taken back, in one line. */
export function undoneText({ action, targetId, tasks }: Undone): Html {
  if (tasks.length > 1) return html`↩️ Undone: the change of ${counted(tasks.length, 'task')}.`
  if (action === 'task.create') return html`↩️ Undone: ${bold(targetId ?? 'it')} is gone again.`
  const key = targetId !== null && /^[A-Z][A-Z0-9]*(-\d+)?$/.test(targetId) ? targetId : null
  return html`↩️ Undone: ${words[action] ?? 'the change'}${key !== null && html` of ${bold(key)}`}.`
}

const listed = 20

/** What was taken back, where no card of a task shows it: of several tasks each with where it lies now. */
export function undoneListCard(undone: Undone): Card {
  const lines = undone.tasks
    .slice(0, listed)
    .map(
      (task) =>
        html`${statusSign[task.status]} ${bold(task.key)} ${clip(task.title, 60)} · ${statusName[task.status]}`,
    )
  const rest = undone.tasks.length - lines.length
  return {
    text: joinHtml([undoneText(undone), ...lines, rest > 0 && `… and ${rest} more`], '\n'),
    keyboard: keyboard(openButtons(undone.tasks.slice(0, 8))),
  }
}

/** Says that there is nothing to take back. */
export function nothingToUndoCard(): Card {
  return { text: html`Nothing to undo.` }
}

/** Says why the last change stays, and leads to the one before it. */
export function undoRefusedCard(
  change: { readonly id: string; readonly targetId: string | null },
  reason: string,
): Card {
  return {
    text: html`⚠️ Your last change stays: ${reason}`,
    keyboard: keyboard([
      [doesAct('Undo the one before', { name: 'undo-before', about: packUuid(change.id) })],
    ]),
  }
}
