import type { DeckTopic } from '../domain/messages.ts'
import { type TaskStatus, taskStatuses } from '../domain/tasks/task.ts'
import { type Button, type Card, keyboard } from './card.ts'
import { html, joinHtml } from './html.ts'
import { counted, statusName, statusSign } from './names.ts'

/** The line on top of a card of the triage deck. */
export function deckNotice(deck: DeckTopic): string {
  return `📥 Inbox · ${Math.min(deck.seen + 1, deck.total)} of ${deck.total}`
}

/** The end of the deck: where everything went. */
export function deckSummary(deck: DeckTopic, undo: string | null): Card {
  const where = taskStatuses
    .filter((status) => (deck.tally[status] ?? 0) > 0)
    .map((status: TaskStatus) => `${statusSign[status]} ${deck.tally[status]} ${statusName[status]}`)
  const skipped = deck.skipped.length === 0 ? null : `${deck.skipped.length} skipped`
  const head = deck.total === 0 ? '📥 The inbox is empty.' : `📥 Inbox done: ${counted(deck.seen, 'task')} seen.`
  const buttons: Button[] = [
    ...(undo === null ? [] : [{ label: '↩️ Undo', does: { do: 'undo', on: 'deck', audit: undo } } as const]),
    ...(deck.skipped.length === 0 ? [] : [{ label: 'Once more', does: { do: 'screen', name: 'inbox', argument: '', page: 0 } } as const]),
  ]
  return { text: joinHtml([html`${head}`, joinHtml([...where, skipped].filter(Boolean), ' · ')], '\n'), keyboard: keyboard([buttons]) }
}
