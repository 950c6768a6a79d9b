import type { Stats } from '../domain/stats.ts'
import { type StatsPeriod, statsPeriods } from '../domain/stats-range.ts'
import { chosen, toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { dateRange, partsOf } from './charts/dates.ts'
import { bold, type Html, html, joinHtml } from './html.ts'
import { engineName } from './names.ts'
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
  const [first, last] = [stats.days[0], stats.days.at(-1)]
  const range = first === undefined || last === undefined ? '' : dateRange(first.date, last.date)
  return {
    text: joinHtml([html`📊 ${bold(statsTitle[period])} · ${range}`, ...statsLines(stats)], '\n'),
    keyboard: keyboard([
      statsPeriods.map((each) => toScreen(chosen(buttonLabel[each], each === period), 'stats', each)),
    ]),
  }
}

/** The numbers of a stretch of time, a line each. */
export function statsLines(stats: Stats): readonly Html[] {
  const { done, days, cycle, byProject, byEngine } = stats
  if (done === 0) return [html`Nothing was done on these days.`]
  const best = days.reduce((most, day) => (day.done > most.done ? day : most))
  const perDay = Math.round((done / days.length) * 10) / 10
  const projects = byProject.map((project) => ({ name: project.key, done: project.done }))
  const engines = byEngine.map(({ engine, done }) => ({
    name: engine === null ? 'No engine' : engineName[engine],
    done,
  }))
  return [
    html`${bold(`${done} done`)}, ${perDay} a day, most on ${shortDay(best.date)} (${best.done})`,
    ...(cycle === null
      ? []
      : [
          html`From idea to done: median ${duration(cycle.medianMs)}, 9 of 10 within ${duration(cycle.p90Ms)}`,
        ]),
    html`Projects: ${tally(projects)}`,
    html`Engines: ${tally(engines)}`,
  ]
}

function tally(counts: readonly { readonly name: string; readonly done: number }[]): string {
  const others = counts.slice(mostListed).reduce((sum, { done }) => sum + done, 0)
  const shown = counts.slice(0, mostListed).map(({ name, done }) => `${name} ${done}`)
  return [...shown, ...(others > 0 ? [`others ${others}`] : [])].join(' · ')
}

function shortDay(date: string): string {
  const { weekdayName, day, month } = partsOf(date)
  return `${weekdayName} ${day} ${month}`
}
