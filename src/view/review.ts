import type { Stats } from '../domain/stats.ts'
import type { Card } from './card.ts'
import { bold, type Html, html, joinHtml, pre } from './html.ts'
import { counted, engineName } from './names.ts'
import { duration } from './when.ts'

/** A week with the one before it. */
export interface Review {
  readonly week: Stats
  readonly before: Stats
}

/** What the last week came to, in words and bars; the caption of its picture. */
export function reviewCard({ week, before }: Review): Card {
  const first = week.days.at(0)?.date ?? ''
  const last = week.days.at(-1)?.date ?? ''
  const head = html`🗓 ${bold('Your week')} · ${short(first)} – ${short(last)}`
  if (week.done === 0) {
    const earlier = before.done === 0 ? '' : `, ${before.done} the week before`
    return { text: joinHtml([head, `Nothing was done${earlier}.`], '\n') }
  }
  return { text: joinHtml([head, total(week, before), bars(week), cycle(week), shares(week)], '\n') }
}

function total(week: Stats, before: Stats): Html {
  const change = week.done - before.done
  const compared = change === 0 ? 'as many as' : change > 0 ? `${change} more than` : `${-change} fewer than`
  return html`✅ ${bold(counted(week.done, 'task'))} done, ${compared} the week before`
}

const widest = 16

function bars({ days }: Stats): Html {
  const most = Math.max(...days.map(({ done }) => done))
  const lines = days.map(({ date, done }) => {
    const length = done === 0 ? 0 : Math.max(1, Math.round((done / most) * widest))
    return `${weekday(date)} ${'▇'.repeat(length)}${length > 0 ? ' ' : ''}${done}`
  })
  return pre(lines.join('\n'))
}

function cycle({ cycle: time }: Stats): Html | null {
  return time === null
    ? null
    : html`⏱ From idea to done: half within ${duration(time.medianMs)}, nine of ten within ${duration(time.p90Ms)}`
}

function shares({ byProject, byEngine }: Stats): Html {
  const projects = byProject.slice(0, 5).map(({ key, done }) => `${key} ${done}`)
  const engines = byEngine.map(
    ({ engine, done }) => `${engine === null ? 'by hand' : engineName[engine]} ${done}`,
  )
  return joinHtml([html`📦 ${projects.join(' · ')}`, html`🤖 ${engines.join(' · ')}`], '\n')
}

function short(date: string): string {
  return format(date, { day: 'numeric', month: 'short' })
}

function weekday(date: string): string {
  return format(date, { weekday: 'short' })
}

function format(date: string, options: Intl.DateTimeFormatOptions): string {
  return date === ''
    ? ''
    : new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(new Date(`${date}T12:00:00Z`))
}
