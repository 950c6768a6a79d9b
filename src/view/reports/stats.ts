import type { Stats } from '../../domain/reports/stats.ts'
import { type StatsPeriod, statsPeriods } from '../../domain/reports/stats-range.ts'
import { dateRange, partsOf } from '../charts/dates.ts'
import { button, chosen } from '../kit/buttons.ts'
import { defineScreen, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml } from '../kit/html.ts'
import { counted, nameOfEngine, unbroken } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { duration } from '../kit/when.ts'

export const statsScreen = defineScreen('stats', { period: field.text })

const maxListed = 8

/** Below this many finished tasks, a chart has nothing to show. */
export const minForChart = 3

const buttonLabel: Record<StatsPeriod, string> = { week: 'Week', month: 'Month', year: 'Year' }

/** The title of a period. */
export const statsTitle: Record<StatsPeriod, string> = {
  week: 'The week',
  month: 'The month',
  year: 'The year',
}

/** The numbers in words, with buttons for the other periods; the chart's caption if there is one. */
export function statsCard(stats: Stats, period: StatsPeriod, notice?: string): Card {
  const head = html`${signs.stats} ${bold(statsTitle[period])} · ${daysOf(stats)}`
  const lines =
    stats.done === 0 ? ['Nothing finished in this period.'] : [total(stats), ...statsDetails(stats)]
  return {
    text: joinHtml([notice !== undefined && html`${signs.problem} ${notice}`, head, ...lines], '\n'),
    keyboard: keyboard([
      statsPeriods.map((each) =>
        button(chosen(buttonLabel[each], each === period), statsScreen, { period: each }),
      ),
    ]),
  }
}

/** The first and last day counted. */
export function daysOf({ days }: Stats): string {
  const [first, last] = [days[0], days.at(-1)]
  return first === undefined || last === undefined ? '' : dateRange(first.date, last.date)
}

/** Cycle time, projects and engines, one line each. */
export function statsDetails({ cycle, byProject, byEngine }: Stats): readonly Html[] {
  const projects = byProject.map(({ key, done }) => ({ name: key, done }))
  const engines = byEngine.map(({ engine, done }) => ({ name: nameOfEngine(engine), done }))
  return [
    ...(cycle === null
      ? []
      : [
          html`${signs.cycleTime} Cycle time: median ${duration(cycle.medianMs)}, 90% within ${duration(cycle.p90Ms)}`,
        ]),
    html`${signs.project} ${tally(projects)}`,
    html`${signs.agents} ${tally(engines)}`,
  ]
}

function total({ done, days }: Stats): Html {
  const head = html`${signs.done} ${bold(counted(done, 'task'))} done`
  if (done < minForChart) return head
  const best = days.reduce((top, day) => (day.done > top.done ? day : top))
  const perDay = Math.round((done / days.length) * 10) / 10
  return html`${head}, ${perDay} a day, most on ${shortDay(best.date)} (${best.done})`
}

function tally(counts: readonly { readonly name: string; readonly done: number }[]): string {
  const others = counts.slice(maxListed).reduce((sum, { done }) => sum + done, 0)
  const shown = counts.slice(0, maxListed).map(({ name, done }) => unbroken(`${name} ${done}`))
  return [...shown, ...(others > 0 ? [unbroken(`others ${others}`)] : [])].join(' · ')
}

function shortDay(date: string): string {
  const { weekdayName, day, month } = partsOf(date)
  return `${weekdayName} ${day} ${month}`
}
