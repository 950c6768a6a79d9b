import type { Stats } from '../../domain/reports/stats.ts'
import { dateRange } from '../charts/dates.ts'
import { type Html, html } from '../kit/html.ts'
import { counted, nameOfEngine, unbroken } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { duration } from '../kit/when.ts'
import { costText, tokensText } from '../tasks/runs/run-texts.ts'

const maxListed = 8

/** The first and last day counted. */
export function daysOf({ days }: Stats): string {
  const [first, last] = [days[0], days.at(-1)]
  return first === undefined || last === undefined ? '' : dateRange(first.date, last.date)
}

/** Cycle time, how long questions waited, projects and engines, one line each. */
export function statsDetails(stats: Stats): readonly Html[] {
  const { cycle, byProject, byEngine } = stats
  const projects = byProject.map(({ key, done }) => ({ name: key, done }))
  const engines = byEngine.map(({ engine, done }) => ({ name: nameOfEngine(engine), done }))
  return [
    ...(cycle === null
      ? []
      : [
          html`${signs.cycleTime} Cycle time: median ${duration(cycle.medianMs)}, 90% within ${duration(cycle.p90Ms)}`,
        ]),
    ...waitingLines(stats),
    ...runLines(stats),
    html`${signs.project} ${tally(projects)}`,
    html`${signs.agents} ${tally(engines)}`,
  ]
}

/** What the runs of runners took: "14 runs, 1 lost · 3 h · 1.2M tokens · $8.40 · 37 files". */
export function runLines({ runs }: Pick<Stats, 'runs'>): readonly Html[] {
  if (runs === null) return []
  const { lost, ms, tokens, costUsd, files } = runs
  const parts = [
    `${counted(runs.runs, 'run')}${lost > 0 ? `, ${lost} lost` : ''}`,
    duration(ms),
    tokens > 0 && tokensText(tokens),
    costUsd !== null && costText(costUsd),
    files > 0 && counted(files, 'file'),
  ]
  return [html`${signs.runner} ${parts.filter(Boolean).join(' · ')}`]
}

/** How long agents' questions waited: median and longest, then the medians by project and engine if there are several. */
export function waitingLines({ waiting }: Pick<Stats, 'waiting'>): readonly Html[] {
  if (waiting === null) return []
  const { count, medianMs, maxMs, byProject, byEngine } = waiting
  const medians = [
    ...(byProject.length < 2 ? [] : byProject.map((one) => medianText(one.key, one.medianMs))),
    ...(byEngine.length < 2 ? [] : byEngine.map((one) => medianText(nameOfEngine(one.engine), one.medianMs))),
  ]
  const line = html`${signs.needsYou} Waiting for you: median ${duration(medianMs)}, longest ${duration(maxMs)} (${counted(count, 'question')})`
  return medians.length === 0 ? [line] : [line, html`\u2003${medians.slice(0, maxListed).join(' · ')}`]
}

function medianText(name: string, ms: number): string {
  return unbroken(`${name} ${duration(ms)}`)
}

function tally(counts: readonly { readonly name: string; readonly done: number }[]): string {
  const others = counts.slice(maxListed).reduce((sum, { done }) => sum + done, 0)
  const shown = counts.slice(0, maxListed).map(({ name, done }) => unbroken(`${name} ${done}`))
  return [...shown, ...(others > 0 ? [unbroken(`others ${others}`)] : [])].join(' · ')
}
