import { button } from '../kit/buttons.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, code, html } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import { undoTap } from './callbacks.ts'

/** Replaces a deleted task's card. */
export function deletedCard(key: string, undo?: string): Card {
  return {
    text: html`${signs.delete} ${bold(key)} deleted.`,
    keyboard: keyboard(
      undo === undefined ? [] : [[button(`${signs.undo} Undo`, undoTap, { on: 'card', audit: undo })]],
    ),
  }
}

/** For a key that no task has. */
export function noTaskCard(key: string): Card {
  return { text: html`No task ${bold(key.slice(0, 40))}. Try /search.` }
}

/** Explains how to use /task. */
export function taskUsageCard(): Card {
  return { text: html`Which task? Send its key, e.g. ${code('WEB-12')}.` }
}
