import { isAboutLostRun } from '../../../domain/questions/new-question.ts'
import type { TaskCardFacts } from '../../../domain/tasks/card.ts'
import type { LostRun } from '../../../domain/tasks/runners/lose-run.ts'
import { type QueuedReason, whyQueued } from '../../../domain/tasks/runners/why-queued.ts'
import { turnOf } from '../../../domain/turn.ts'
import { type Html, html, joinHtml, title } from '../../kit/html.ts'
import { agentName, counted, engineName } from '../../kit/names.ts'
import { clock, day, isSameDay, span, type Viewer } from '../../kit/when.ts'

// The texts about runs of runners.

/** Describes a lost run: "Codex on mac was lost after 12 min." */
export function lostText({ engine, runner, startedAt, aliveAt }: LostRun): string {
  const time = span(startedAt, aliveAt)
  const after = time === 'under a minute' ? 'less than a minute' : time
  return `${agentName({ engine, runner: runner === null ? null : { name: runner } })} was lost after ${after}.`
}

/** Says why no runner takes a queued task: "Waits for Claude Code until 15:00". */
export function queuedLine(task: TaskCardFacts, viewer: Viewer): Html | null {
  const reason = whyQueued(task, task.runners, viewer.now)
  return reason && html`<i>${title(reasonText(reason, viewer))}</i>`
}

function reasonText(reason: QueuedReason, viewer: Viewer): string {
  switch (reason.kind) {
    case 'no-project':
      return `No runner for project ${reason.project}`
    case 'no-engine':
      return `No runner has ${engineName[reason.engine]}`
    case 'offline':
      return `${runnersText(reason.names, 'is', 'are')} offline since ${timeText(reason.since, viewer)}`
    case 'limit':
      return `Waits for ${engineName[reason.engine]} until ${timeText(reason.until, viewer)}`
    case 'busy':
      return `${runnersText(reason.names, 'is', 'are all')} busy`
  }
}

function runnersText(names: readonly string[], one: string, many: string): string {
  return names.length === 1 ? `Runner ${names[0]} ${one}` : `${names.length} runners ${many}`
}

/** Formats a time: "15:00" today, otherwise with its day. */
export function timeText(at: Date, { now, timeZone }: Viewer): string {
  const time = clock(at, timeZone)
  return isSameDay(at, now, timeZone) ? time : `${day(at, now, timeZone)}, ${time}`
}

/** Shows what the run took that made a task ready: "2nd attempt · 12 min · 84k tokens · $0.42 · 5 files". */
export function runLine({ lastRun, ran, ...task }: TaskCardFacts): Html | null {
  if (turnOf(task) !== 'review' || lastRun === null || ran === null || ran.endedAt === null) return null
  const { usage, files } = ran
  if (usage === null && files === null && lastRun.attempt === 1) return null
  const parts = [
    lastRun.attempt > 1 && `${ordinal(lastRun.attempt)} attempt`,
    span(lastRun.since, ran.endedAt),
    usage !== null && tokensText(usage.inputTokens + usage.outputTokens),
    usage !== null && usage.costUsd !== null && costText(usage.costUsd),
    files !== null && counted(files, 'file'),
  ]
  return html`<i>${joinHtml(parts, ' · ')}</i>`
}

/** Formats a count of tokens: "950 tokens", "84k tokens", "1.2M tokens". */
export function tokensText(tokens: number): string {
  if (tokens < 1_000) return counted(tokens, 'token')
  const short = tokens < 999_500 ? `${Math.round(tokens / 1_000)}k` : `${(tokens / 1_000_000).toFixed(1)}M`
  return `${short} tokens`
}

/** Formats a cost: "$0.42"; "under $0.01" for less than a cent. */
export function costText(usd: number): string {
  return usd > 0 && usd < 0.01 ? 'under $0.01' : `$${usd.toFixed(2)}`
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' })
const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' }

function ordinal(number: number): string {
  return `${number}${endings[ordinals.select(number)] ?? 'th'}`
}

/** Describes who asks about a lost run; null for any other question. */
export function lostState(question: Parameters<typeof isAboutLostRun>[0]): string | null {
  return isAboutLostRun(question) ? 'Its run was lost' : null
}
