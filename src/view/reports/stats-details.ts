import type { Stats } from '../../domain/reports/stats.ts'
import { dateRange } from '../charts/dates.ts'
import { type Html, html } from '../kit/html.ts'
import { nameOfEngine, unbroken } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { duration } from '../kit/when.ts'

const maxListed = 8

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

function tally(counts: readonly { readonly name: string; readonly done: number }[]): string {
  const others = counts.slice(maxListed).reduce((sum, { done }) => sum + done, 0)
  const shown = counts.slice(0, maxListed).map(({ name, done }) => unbroken(`${name} ${done}`))
  return [...shown, ...(others > 0 ? [unbroken(`others ${others}`)] : [])].join(' · ')
}
