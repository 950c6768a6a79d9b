import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, html, title } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'

const maxWords = 120

/** Brings a comment to its agent again. */
export const sendAgainTap = defineAct('send-again', { comment: field.uuid })

/** Says that an agent may not have heard the owner's comment. */
export function maybeUnheardCard(comment: {
  readonly logId: string
  readonly taskKey: string
  readonly text: string
}): Card {
  return {
    text: html`${signs.problem} Maybe not heard, on ${bold(comment.taskKey)}: “${title(comment.text, maxWords)}”`,
    keyboard: keyboard([[button('Send again', sendAgainTap, { comment: comment.logId })]]),
  }
}

/** Replaces that message after its button was tapped. */
export function sentAgainCard(isWaiting: boolean): Card {
  return {
    text: isWaiting ? html`Sent again. The agent gets it at its next step.` : html`The agent has it by now.`,
  }
}
