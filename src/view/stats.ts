import type { Stats } from '../domain/stats.ts'
import { type StatsPeriod, statsPeriods } from '../domain/stats-range.ts'
import { chosen, toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { dateRange, partsOf } from './charts/dates.ts'
import { bold, type Html, html, joinHtml } from './html.ts'
import { counted, nameOfEngine, unbroken } from './names.ts'
import { duration } from './when.ts'

const mostListed = 8

const buttonLabel: Record<StatsPeriod, string> = { week: 'Week', month: 'Month', year: 'Year' }

/** What stands above the picture of a period. */
export const statsTitle: Record<StatsPeriod, string> = {
  week: 'The week',
  month: 'The month',
  year: 'The year',
}

/** The caption of the picture: its numbers in words, and the way to the other periods. */
export function statsCard(stats: Stats, period: StatsPeriod): Card {
  const head = html`📊 ${bold(statsTitle[period])} · ${daysOf(stats)}`
  const lines =
    stats.done === 0 ? ['Nothing was done on these days.'] : [total(stats), ...statsDetails(stats)]
  return {
    text: joinHtml([head, ...lines], '\n'),
    keyboard: keyboard([
      statsPeriods.map((each) => toScreen(chosen(buttonLabel[each], each === period), 'stats', each)),
    ]),
  }
}

/** The first and the last day that is counted. */
export function daysOf({ days }: Stats): string {
  const [first, last] = [days[0], days.at(-1)]
  return first === undefined || last === undefined ? '' : dateRange(first.date, last.date)
}

/** How long tasks took, and where and by what they were done, a line each. */
export function statsDetails({ cycle, byProject, byEngine }: Stats): readonly Html[] {
  const projects = byProject.map(({ key, done }) => ({ name: key, done }))
  const engines = byEngine.map(({ engine, done }) => ({ name: nameOfEngine(engine), done }))
  return [
    ...(cycle === null
      ? []
      : [
          html`⏱ From idea to done: median ${duration(cycle.medianMs)}, 9 of 10 within ${duration(cycle.p90Ms)}`,
        ]),
    html`📦 ${tally(projects)}`,
    html`🤖 ${tally(engines)}`,
  ]
}

function total({ done, days }: Stats): Html {
  const best = days.reduce((most, day) => (day.done > most.done ? day : most))
  const perDay = Math.round((done / days.length) * 10) / 10
  return html`✅ ${bold(counted(done, 'task'))} done, ${perDay} a day, most on ${shortDay(best.date)} (${best.done})`
}

function tally(counts: readonly { readonly name: string; readonly done: number }[]): string {
  const others = counts.slice(mostListed).reduce((sum, { done }) => sum + done, 0)
  const shown = counts.slice(0, mostListed).map(({ name, done }) => unbroken(`${name} ${done}`))
  return [...shown, ...(others > 0 ? [unbroken(`others ${others}`)] : [])].join(' · ')
}

function shortDay(date: string): string {
  const { weekdayName, day, month } = partsOf(date)
  return `${weekdayName} ${day} ${month}`
}
