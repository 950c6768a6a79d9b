import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Button, type Card, keyboard } from '../kit/card.ts'
import { bold, type Html, html, title } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import { showLong } from '../markdown/long-text.ts'

export const restoreTap = defineAct('restore', { audit: field.uuid })
export const restoreAllTap = defineAct('restore-all', { audit: field.uuid })

/** A message that isn't about an open task: its card, an optional file, and its line in a list. */
export interface NotificationMessage {
  readonly card: Card
  readonly file?: { readonly name: string; readonly content: string }
  readonly line: Html
}

const maxLine = 110

/** For a work log that an agent created without a task. */
export function logMessage(log: {
  readonly by: string
  readonly title: string
  readonly detail: string | null
  readonly projectKey: string | null
}): NotificationMessage {
  const about = log.projectKey
  const head = html`${signs.workLog} ${about !== null && html`${bold(about)} · `}${title(log.title)}\n${bold(log.by)} logged this`
  const line = html`${signs.workLog} ${about !== null && html`${bold(about)} `}${title(log.title, maxLine)}`
  if (log.detail === null) return { card: { text: head }, line }
  const shown = showLong(log.detail, { head, fileName: 'log.md' })
  return shown.kind === 'file'
    ? {
        card: { text: shown.caption },
        file: { name: shown.fileName, content: shown.content },
        line,
      }
    : { card: { text: shown.html }, line }
}

/** Restores everything that the same agent deleted within the hour. */
export function restoreAllButton(auditId: string, count?: number): Button {
  const label = count === undefined ? `${signs.restore} Restore all` : `Restore all ${count}`
  return button(label, restoreAllTap, { audit: auditId })
}

/** For a task that an agent deleted; `others` is how many more it deleted within the hour. */
export function deletedMessage(deletion: {
  readonly by: string
  readonly key: string
  readonly title: string
  /** The audit entry of the deletion; null if it can't be restored. */
  readonly auditId: string | null
  readonly others: number
}): NotificationMessage {
  const { by, key, auditId, others } = deletion
  const buttons =
    auditId === null
      ? []
      : [
          [button(`${signs.restore} Restore`, restoreTap, { audit: auditId })],
          others === 0 ? [] : [restoreAllButton(auditId, others + 1)],
        ]
  return {
    card: {
      text: html`${signs.delete} ${bold(key)} · ${title(deletion.title)}\n${bold(by)} deleted it. Its work logs stay.`,
      keyboard: keyboard(buttons),
    },
    line: html`${signs.delete} ${bold(key)} ${title(deletion.title, maxLine)}`,
  }
}
