import type { Stats } from '../domain/stats.ts'
import type { Card } from './card.ts'
import { bold, type Html, html, joinHtml } from './html.ts'
import { counted } from './names.ts'
import { daysOf, statsDetails } from './stats.ts'

/** A week with the one before it. */
export interface Review {
  readonly week: Stats
  readonly before: Stats
}

export const reviewTitle = 'Your week'

/** What the last week came to; the caption of its picture, which shows its days. */
export function reviewCard({ week, before }: Review): Card {
  const head = html`🗓 ${bold(reviewTitle)} · ${daysOf(week)}`
  if (week.done === 0) {
    const earlier = before.done === 0 ? '' : `, ${before.done} the week before`
    return { text: joinHtml([head, `Nothing was done${earlier}.`], '\n') }
  }
  return { text: joinHtml([head, total(week, before), ...statsDetails(week)], '\n') }
}

function total(week: Stats, before: Stats): Html {
  const change = week.done - before.done
  const compared = change === 0 ? 'as many as' : change > 0 ? `${change} more than` : `${-change} fewer than`
  return html`✅ ${bold(counted(week.done, 'task'))} done, ${compared} the week before`
}
