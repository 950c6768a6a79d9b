import type { DeckTopic } from '../domain/messages.ts'
import { taskStatuses } from '../domain/tasks/task.ts'
import { toScreen } from './buttons.ts'
import { type Button, type Card, keyboard } from './card.ts'
import { html, joinHtml } from './html.ts'
import { counted, statusName, statusSign } from './names.ts'

/** The line on top of a card of the triage deck; `left` counts the cards that are still to be seen, this one among them. */
export function deckNotice(deck: DeckTopic, left: number): string {
  const seen = seenIn(deck)
  return `📥 Inbox · ${seen + 1} of ${seen + left}`
}

function seenIn({ moved, skipped }: DeckTopic): number {
  return Object.keys(moved).length + skipped.length
}

/** The end of the deck: where everything went. */
export function deckSummary(deck: DeckTopic, undo: string | null): Card {
  const went = Object.values(deck.moved)
  const where = taskStatuses
    .map((status) => ({ status, count: went.filter((to) => to === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${statusSign[status]} ${count} ${statusName[status]}`)
  const skipped = deck.skipped.length === 0 ? null : `${deck.skipped.length} skipped`
  const seen = seenIn(deck)
  const head = seen === 0 ? '📥 The inbox is empty.' : `📥 Inbox done: ${counted(seen, 'task')} seen.`
  const buttons: Button[] = [
    ...(undo === null ? [] : [{ label: '↩️ Undo', does: { do: 'undo', on: 'deck', audit: undo } } as const]),
    ...(deck.skipped.length === 0 ? [] : [toScreen('Once more', 'inbox')]),
  ]
  return {
    text: joinHtml([html`${head}`, joinHtml([...where, skipped].filter(Boolean), ' · ')], '\n'),
    keyboard: keyboard([buttons, [toScreen('📋 Board', 'board')]]),
  }
}
