import { type Card, keyboard } from './card.ts'
import { html } from './html.ts'

/** Says that a board without a project takes no tasks yet. */
export function noProjectCard(): Card {
  return {
    text: html`There is no project yet, so there is no place for this.\nMake one first, then send it again.`,
    keyboard: keyboard([[{ label: '＋ New project', does: { do: 'screen', name: 'new-project', argument: '', page: 0 } }]]),
  }
}
