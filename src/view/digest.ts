import type { Digest, Proposal } from '../domain/digest.ts'
import type { Task } from '../domain/tasks/task.ts'
import { bold, type Content, clip, type Html, html, joinHtml } from './html.ts'
import { counted, prioritySign, runSign, statusSign } from './names.ts'
import { type NumberedCard, openButtons } from './news-list.ts'
import { clock, day, dueText, isSameDay, span } from './when.ts'

export interface DigestOptions {
  readonly now: Date
  readonly timeZone: string
  /** When it was due, where the process was down then. */
  readonly wasDueAt?: Date | undefined
}

// So many lines of so many characters fit one message.
const maxLines = { focus: 10, due: 8, waiting: 8, runs: 6 } as const
const maxTitle = 48
const maxRunner = 24

/** The day at a glance as numbered lines, each with its button; replies name the numbers. */
export function digestCard(digest: Digest, options: DigestOptions): NumberedCard {
  const numbered: Task[] = []
  const line = (task: Task, after?: Content, sign: string = statusSign[task.status]): Html => {
    let number = numbered.findIndex(({ id }) => id === task.id) + 1
    if (number === 0) number = numbered.push(task)
    const priority = task.priority === 'none' ? '' : `${prioritySign[task.priority]} `
    return html`${number}. ${sign} ${bold(task.key)} ${priority}${clip(task.title, maxTitle)}${after}`
  }
  const due = (task: Task) =>
    task.dueAt !== null && html` — ${dueText(task.dueAt, options.now, options.timeZone)}`
  const run = (since: Date, runner: string | null) =>
    html` — ${clip(runner ?? 'waits', maxRunner)}, ${span(since, options.now)}`
  const runs = [...digest.running, ...digest.queued]

  const sections = [
    section('⭐ Focus', digest.focus, (task) => line(task, due(task)), maxLines.focus),
    section(
      '💡 How about',
      digest.proposals,
      ({ task, reason }) => line(task, html` — ${reasons[reason]}`),
      3,
    ),
    section('🔥 Overdue', digest.overdue, (task) => line(task, due(task)), maxLines.due),
    section('📅 Due today', digest.dueToday, (task) => line(task, due(task)), maxLines.due),
    section('🙋 Waiting for you', digest.waiting, (task) => line(task), maxLines.waiting, digest.moreWaiting),
    section(
      '🤖 Agents at work',
      runs,
      ({ task, since, runner }) =>
        line(task, run(since, runner), task.runState === null ? undefined : runSign[task.runState]),
      maxLines.runs,
    ),
    doneLine(digest),
  ].filter((part) => part !== null)
  const isEmpty = numbered.length === 0
  const parts = isEmpty
    ? [html`${head(digest, options)} — nothing due, nothing waits.`, ...sections]
    : [head(digest, options), ...sections]
  return {
    card: { text: joinHtml(parts, isEmpty ? '\n' : '\n\n'), keyboard: openButtons(numbered) },
    topic: { kind: 'digest', taskIds: numbered.map(({ id }) => id) },
  }
}

const reasons: Record<Proposal['reason'], string> = {
  'due-soon': 'due soon',
  priority: 'high priority',
  next: 'next in line',
}

function head({ date }: Digest, { now, timeZone, wasDueAt }: DigestOptions): Html {
  const today = day(new Date(`${date}T12:00:00Z`), now, 'UTC')
  if (wasDueAt === undefined) return html`☀️ ${bold(today)}`
  const dueDay = isSameDay(wasDueAt, now, timeZone) ? '' : `on ${day(wasDueAt, now, timeZone)} `
  return html`☀️ ${bold(today)} · late: I was not running ${dueDay}at ${clock(wasDueAt, timeZone)}`
}

function section<T>(
  name: string,
  items: readonly T[],
  toLine: (item: T) => Html,
  most: number,
  alsoMore = 0,
): Html | null {
  if (items.length === 0) return null
  const more = Math.max(0, items.length - most) + alsoMore
  return joinHtml(
    [bold(name), ...items.slice(0, most).map(toLine), more > 0 && html`… and ${more} more`],
    '\n',
  )
}

function doneLine({ done }: Digest): Html | null {
  if (done.count === 0) return null
  const keys = done.tasks.map(({ key }) => key).join(', ')
  const more = done.count - done.tasks.length
  return html`✅ ${counted(done.count, 'task')} done since yesterday: ${keys}${more > 0 && ` and ${more} more`}`
}
