import type { Stats } from '../../domain/reports/stats.ts'
import type { Card } from '../kit/card.ts'
import { bold, type Html, html, joinHtml } from '../kit/html.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { daysOf, statsDetails } from './stats-details.ts'

/** A week and the one before it. */
export interface Review {
  readonly week: Stats
  readonly before: Stats
}

export const reviewTitle = 'Your week'

/** The caption of last week's chart. */
export function reviewCard({ week, before }: Review): Card {
  const head = html`${signs.week} ${bold(reviewTitle)} · ${daysOf(week)}`
  if (week.done === 0) {
    const earlier = before.done === 0 ? '' : ` (${before.done} the week before)`
    return { text: joinHtml([head, `No tasks finished${earlier}.`], '\n') }
  }
  return { text: joinHtml([head, total(week, before), ...statsDetails(week)], '\n') }
}

function total(week: Stats, before: Stats): Html {
  const change = week.done - before.done
  const compared = change === 0 ? 'as many as' : change > 0 ? `${change} more than` : `${-change} fewer than`
  return html`${signs.done} ${bold(counted(week.done, 'task'))} done, ${compared} the week before`
}
