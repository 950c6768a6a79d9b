import type { Digest, Proposal } from '../../domain/reports/digest.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { ReplyTopic } from '../../telegram/store/messages/reply-topic.ts'
import { button } from '../kit/buttons.ts'
import { defineScreen } from '../kit/callbacks.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml, shorten } from '../kit/html.ts'
import { agentName, counted, laneCount, statusSign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { clock, day, isSameDay } from '../kit/when.ts'
import { openTap } from '../tasks/callbacks.ts'
import { needLine, shortDue, shortSpan, taskLine } from '../tasks/line.ts'
import { triageButton } from '../tasks/lists/deck.ts'

const suggestionSign = '💡'

export const digestScreen = defineScreen('digest')

export interface DigestOptions {
  readonly now: Date
  readonly timeZone: string
  /** The scheduled time, if the process was down then. */
  readonly wasDueAt?: Date | undefined
}

// Line limits that keep the digest within one message.
const maxLines = { needs: 8, focus: 10, due: 8, runs: 6 } as const
const maxRunner = 16

/** Shows the day in numbered lines, each with a button. Replies refer to lines by number. */
export function digestCard(
  digest: Digest,
  options: DigestOptions,
): { readonly card: Card; readonly topic: ReplyTopic } {
  const numbered: Task[] = []
  const numberOf = (task: Task): string => {
    const known = numbered.findIndex(({ id }) => id === task.id) + 1
    return `${known === 0 ? numbered.push(task) : known}. `
  }
  const line = (task: Task, after = '') =>
    taskLine(task, options, { before: numberOf(task), after, due: false, focus: false })
  const due = ({ dueAt }: Task) => (dueAt === null ? '' : `· ${shortDue(dueAt, options)}`)
  const since = (at: Date, who: string | null) =>
    `· ${who === null ? '' : `${shorten(who, maxRunner)}, `}${shortSpan(at, options.now)}`
  const runs = [
    ...digest.running.map((run) => ({ ...run, runner: run.runner ?? agentName(null) })),
    ...digest.queued,
  ]
  const { needsYou } = digest

  const sections = [
    section(
      `${signs.needsYou} Needs you`,
      needsYou.tasks,
      (task) => needLine(task, numberOf(task), overdue(task, options)),
      {
        max: maxLines.needs,
        count: needsYou.count,
        last: newLine(needsYou.newCount),
      },
    ),
    section(`${signs.focus} Focus`, digest.focus, (task) => line(task, due(task)), { max: maxLines.focus }),
    section(
      `${suggestionSign} Suggestions`,
      digest.proposals,
      ({ task, reason }) => line(task, `· ${reasons[reason]}`),
      {
        max: 3,
      },
    ),
    section(`${signs.overdue} Overdue`, digest.overdue, (task) => line(task, due(task)), {
      max: maxLines.due,
    }),
    section(`${signs.due} Due today`, digest.dueToday, (task) => line(task, due(task)), {
      max: maxLines.due,
    }),
    section(
      `${signs.agents} Agents at work`,
      runs,
      ({ task, since: at, runner }) => line(task, since(at, runner)),
      {
        max: maxLines.runs,
      },
    ),
    doneLine(digest),
  ].filter((part) => part !== null)
  const isEmpty = numbered.length === 0 && needsYou.newCount === 0
  const parts = isEmpty
    ? [html`${head(digest, options)} – all clear.`, ...sections]
    : [head(digest, options), ...sections]
  return {
    card: {
      text: joinHtml(parts, isEmpty ? '\n' : '\n\n'),
      keyboard: keyboard([
        ...numberRows(numbered),
        needsYou.newCount > 0 ? [triageButton(needsYou.newCount)] : [],
      ]),
    },
    topic: { kind: 'digest', taskIds: numbered.map(({ id }) => id) },
  }
}

const reasons: Record<Proposal['reason'], string> = {
  'due-soon': 'due soon',
  priority: 'high priority',
  next: 'next in line',
}

/** Builds a numbered button per line. */
function numberRows(tasks: readonly Task[]): Button[][] {
  const buttons = tasks.map(({ key }, index): Button => button(String(index + 1), openTap, { key }))
  return inRows(buttons, buttons.length <= 8 ? 8 : 6)
}

function overdue({ dueAt }: Task, { now }: DigestOptions): string {
  return dueAt !== null && dueAt < now ? '· overdue' : ''
}

function newLine(count: number): Html | null {
  return count === 0 ? null : html`${statusSign.inbox} ${laneCount(count)} new to triage`
}

function head({ date }: Digest, { now, timeZone, wasDueAt }: DigestOptions): Html {
  const today = day(new Date(`${date}T12:00:00Z`), now, 'UTC')
  if (wasDueAt === undefined) return html`${signs.digest} ${bold(today)}`
  const dueDay = isSameDay(wasDueAt, now, timeZone) ? '' : `on ${day(wasDueAt, now, timeZone)} `
  return html`${signs.digest} ${bold(today)} · sent late – I was offline ${dueDay}at ${clock(wasDueAt, timeZone)}`
}

function section<T>(
  name: string,
  items: readonly T[],
  toLine: (item: T) => Html,
  { max, count = items.length, last = null }: { max: number; count?: number; last?: Html | null },
): Html | null {
  if (items.length === 0 && last === null) return null
  const shown = items.slice(0, max).map(toLine)
  const more = count - shown.length
  return joinHtml([bold(name), ...shown, more > 0 && html`… and ${more} more`, last], '\n')
}

function doneLine({ done }: Digest): Html | null {
  if (done.count === 0) return null
  const keys = done.tasks.map(({ key }) => key).join(', ')
  const more = done.count - done.tasks.length
  return html`${statusSign.done} ${counted(done.count, 'task')} done since yesterday: ${keys}${more > 0 && ` and ${more} more`}`
}
