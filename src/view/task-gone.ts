import { type Card, keyboard } from './card.ts'
import { bold, code, html } from './html.ts'

/** Stands where the card of a deleted task was. */
export function deletedCard(key: string, undo?: string): Card {
  return {
    text: html`🗑 ${bold(key)} was deleted.`,
    keyboard: keyboard(
      undo === undefined ? [] : [[{ label: '↩️ Undo', does: { do: 'undo', on: 'card', audit: undo } }]],
    ),
  }
}

/** Says that there is no task of that key, and never was one that is not deleted. */
export function noTaskCard(key: string): Card {
  return { text: html`There is no task ${bold(key.slice(0, 40))}. /search looks through all of them.` }
}

/** Says how /task is used. */
export function taskUsageCard(): Card {
  return { text: html`Which task? Send its key, such as ${code('/task WEB-12')} or just ${code('WEB-12')}.` }
}
