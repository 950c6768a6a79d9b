import { asOneMessage, splitHtml } from './cut.ts'
import { type Html, html } from './html.ts'

const room = 2

/** The HTML as one message: whole where that fits Telegram's limits, else its beginning and an ellipsis. */
export function fitMessage(text: Html, maxVisible = 3_900): Html {
  const whole = asOneMessage(text, maxVisible)
  if (whole !== undefined) return whole
  const [beginning] = splitHtml(text, { max: maxVisible - room })
  return beginning === undefined ? text : html`${beginning}\n…`
}
