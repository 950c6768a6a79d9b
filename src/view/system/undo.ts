import { leftComment } from '../../domain/core/audit/audit-record.ts'
import type { Undone } from '../../domain/undo/undo.ts'
import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml, title } from '../kit/html.ts'
import { counted, statusName, statusSign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import type { Viewer } from '../kit/when.ts'
import { revertedChangesOf } from '../reports/audit-changes.ts'
import { openButtons } from '../tasks/line.ts'

export const undoBeforeTap = defineAct('undo-before', { before: field.uuid })

const words: Readonly<Record<string, string>> = {
  'task.create': 'removed',
  'task.delete': 'restored',
  'task.project': 'moved back',
  'task.comment': 'comment removed',
  'worklog.create': 'work log removed',
  'project.create': 'removed',
  'project.delete': 'restored',
  'project.restore': 'deleted again',
  'label.create': 'label removed',
  'label.rename': 'label name restored',
  'label.color': 'label color restored',
  'label.delete': 'label restored',
  'label.merge': 'labels separated again',
  'token.create': 'token revoked',
  'limit.lift': 'usage limit respected again',
}

const maxShown = 200
// Only the undo of a single task's change can name a date, and that caller passes the owner's zone.
const utc: Viewer = { now: new Date(0), timeZone: 'UTC' }

/** Describes an undo in one line: "Undone: WEB-6 engine Codex → any." */
export function undoneText({ entry, tasks }: Undone, viewer: Viewer = utc): Html {
  if (tasks.length > 1) return html`${signs.undo} Undone: changes to ${counted(tasks.length, 'task')}.`
  const { action, targetId } = entry
  const key = targetId !== null && /^[A-Z][A-Z0-9]*(-\d+)?$/.test(targetId) ? targetId : null
  const changes = revertedChangesOf(entry, viewer).join(', ')
  const what = words[action] ?? (changes || (leftComment(entry) ? 'comment removed' : 'change'))
  return html`${signs.undo} Undone: ${key !== null && html`${bold(key)} `}${title(what, maxShown)}.`
}

const maxListed = 20

/** Shows an undo that no task card shows; with several tasks, lists where each is now. */
export function undoneListCard(undone: Undone): Card {
  const lines = undone.tasks
    .slice(0, maxListed)
    .map(
      (task) =>
        html`${statusSign[task.status]} ${bold(task.key)} ${title(task.title, 60)} · ${statusName[task.status]}`,
    )
  const rest = undone.tasks.length - lines.length
  return {
    text: joinHtml([undoneText(undone), ...lines, rest > 0 && `… and ${rest} more`], '\n'),
    keyboard: keyboard(openButtons(undone.tasks.slice(0, 8))),
  }
}

export function nothingToUndoCard(): Card {
  return { text: html`Nothing to undo.` }
}

/** Explains why the last change can't be undone and offers the one before it. */
export function undoRefusedCard(
  change: { readonly id: string; readonly targetId: string | null },
  reason: string,
): Card {
  return {
    text: html`${signs.problem} Couldn't undo: ${reason}`,
    keyboard: keyboard([[button('Undo the one before', undoBeforeTap, { before: change.id })]]),
  }
}
