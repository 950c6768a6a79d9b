import { type Card, keyboard } from './card.ts'
import { bold, html } from './html.ts'

/** Stands where the card of a deleted task was. */
export function deletedCard(key: string, undo?: string): Card {
  return {
    text: html`🗑 ${bold(key)} was deleted.`,
    keyboard: keyboard(undo === undefined ? [] : [[{ label: '↩️ Undo', does: { do: 'undo', on: 'card', audit: undo } }]]),
  }
}

/** Stands where a captured task was that was taken back. */
export function undoneCard(key: string | null): Card {
  return { text: html`↩️ ${bold(key ?? 'It')} was taken back.` }
}
