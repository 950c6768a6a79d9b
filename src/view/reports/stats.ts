import type { Stats } from '../../domain/reports/stats.ts'
import { type StatsPeriod, statsPeriods } from '../../domain/reports/stats-range.ts'
import { partsOf } from '../charts/dates.ts'
import { button, chosen } from '../kit/buttons.ts'
import { defineScreen, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml } from '../kit/html.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { daysOf, runLines, statsDetails, waitingLines } from './stats-details.ts'

const statsSign = '📊'

export const statsScreen = defineScreen('stats', { period: field.text })

/** Below this many finished tasks, a chart has nothing to show. */
export const minForChart = 3

const buttonLabel: Record<StatsPeriod, string> = { week: 'Week', month: 'Month', year: 'Year' }

/** The title of a period. */
export const statsTitle: Record<StatsPeriod, string> = {
  week: 'The week',
  month: 'The month',
  year: 'The year',
}

/** Shows the numbers as text, with buttons for the other periods. Also the chart's caption. */
export function statsCard(stats: Stats, period: StatsPeriod, notice?: string): Card {
  const head = html`${statsSign} ${bold(statsTitle[period])} · ${daysOf(stats)}`
  const lines =
    stats.done === 0
      ? ['Nothing finished in this period.', ...waitingLines(stats), ...runLines(stats)]
      : [total(stats), ...statsDetails(stats)]
  return {
    text: joinHtml([notice !== undefined && html`${signs.problem} ${notice}`, head, ...lines], '\n'),
    keyboard: keyboard([
      statsPeriods.map((each) =>
        button(chosen(buttonLabel[each], each === period), statsScreen, { period: each }),
      ),
    ]),
  }
}

function total({ done, days }: Stats): Html {
  const head = html`${signs.done} ${bold(counted(done, 'task'))} done`
  if (done < minForChart) return head
  const best = days.reduce((top, day) => (day.done > top.done ? day : top))
  const perDay = Math.round((done / days.length) * 10) / 10
  return html`${head}, ${perDay} a day, most on ${shortDay(best.date)} (${best.done})`
}

function shortDay(date: string): string {
  const { weekdayName, day, month } = partsOf(date)
  return `${weekdayName} ${day} ${month}`
}
