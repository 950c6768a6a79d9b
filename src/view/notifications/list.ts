import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import type { ReplyTopic } from '../../telegram/store/messages/reply-topic.ts'
import type { NotificationGroup, ReportKind } from '../../telegram/store/messages/stored-request.ts'
import { button } from '../kit/buttons.ts'
import { type Card, inRows, keyboard, withRow } from '../kit/card.ts'
import { bold, type Html, html, joinHtml, quote, title } from '../kit/html.ts'
import { homeScreen, inboxScreen } from '../kit/links.ts'
import { counted, turnSign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import type { Viewer } from '../kit/when.ts'
import { openTap } from '../tasks/callbacks.ts'
import { silence, whenDue } from '../tasks/posted-card.ts'
import { headOf } from '../tasks/text.ts'
import { restoreAllButton } from './message.ts'

/** One line of a list; without a task, it has no button. */
export interface NotificationLine {
  readonly html: Html
  readonly task: { readonly id: string; readonly key: string } | null
}

/** A card of numbered lines, with the tasks that a reply can name by number. */
export interface NumberedCard {
  readonly card: Card
  readonly topic: ReplyTopic
}

const maxLine = 110
/** Lines per list. */
export const maxListed = 12

const heads: Record<ReportKind, (count: number, by: string) => string> = {
  'needs-you': (count, by) => `${signs.needsYou} ${counted(count, 'task')} from ${by} need you`,
  finished: (count, by) => `${signs.done} ${by} finished ${counted(count, 'task')}`,
  new: (count, by) => `${signs.inbox} ${counted(count, 'new task')} from ${by}`,
  changed: (count, by) => `${signs.working} ${by} is working on ${counted(count, 'task')}`,
  due: (count) => `${signs.reminder} ${counted(count, 'task is', 'tasks are')} due`,
  'silent-run': (count) =>
    `${signs.silentRun} ${counted(count, 'task has', 'tasks have')} been waiting for an agent`,
  returned: (count) => `${signs.snoozed} ${counted(count, 'task is', 'tasks are')} back`,
  log: (count, by) => `${signs.workLog} ${counted(count, 'work log')} by ${by}`,
  deleted: (count, by) => `${signs.delete} ${by} deleted ${counted(count, 'task')}`,
}

// Lists that need no action per task are folded and have no task buttons: a button for a hidden line would be unclear.
const isFolded: Record<ReportKind, boolean> = {
  'needs-you': false,
  finished: false,
  due: false,
  'silent-run': false,
  returned: false,
  new: true,
  changed: true,
  log: true,
  deleted: true,
}

/** Combines notifications of one kind and token into one message. `count` includes those beyond `lines`; `deletion` is the latest deletion's audit entry. */
export function notificationList(
  { kind, by }: NotificationGroup,
  lines: readonly NotificationLine[],
  {
    count = lines.length,
    deletion,
  }: { readonly count?: number; readonly deletion?: string | undefined } = {},
): NumberedCard {
  const head = html`${bold(heads[kind](count, by ?? 'the board'))}`
  const shown = lines.slice(0, maxListed)
  const more = count > shown.length && `… and ${count - shown.length} more`
  if (!isFolded[kind]) {
    const { card, topic } = numberedCard(head, shown)
    const toHome = more === false ? [] : [button(`${signs.home} What needs you`, homeScreen)]
    return { card: withRow({ ...card, text: joinHtml([card.text, more], '\n') }, toHome), topic }
  }
  const list = joinHtml([numbered(shown), more], '\n')
  const buttons = [
    ...(kind === 'new' ? [button('Triage', inboxScreen)] : []),
    ...(deletion === undefined ? [] : [restoreAllButton(deletion)]),
  ]
  const row = buttons.length === 0 ? {} : { keyboard: keyboard([buttons]) }
  return {
    card: { text: joinHtml([head, quote(list, { expandable: true })], '\n'), ...row },
    topic: topicOf(shown),
  }
}

/** Lists what arrived during quiet hours and still needs the owner. */
export function morningCard(tasks: readonly TaskCardFacts[]): NumberedCard {
  const need = tasks.length === 1 ? '1 task needs you' : `${tasks.length} tasks need you`
  return numberedCard(
    html`${signs.whileAway} ${bold('While you were away:')} ${need}`,
    tasks.map((task) => ({ html: needsYouLine(task), task })),
  )
}

/** Formats a task's line in a list of notifications of one kind. */
export function reportLine(task: TaskCardFacts, kind: ReportKind, viewer: Viewer): Html {
  if (kind === 'due')
    return html`${signs.reminder} ${bold(task.key)} ${title(task.title, maxLine)} – ${whenDue(task, viewer)}`
  if (kind === 'silent-run')
    return html`${signs.silentRun} ${bold(task.key)} ${title(task.title, 60)} – ${silence(task, viewer.now)}`
  return needsYouLine(task)
}

function needsYouLine(task: TaskCardFacts): Html {
  return html`${turnSign(task)} ${bold(task.key)} ${title(headOf(task) ?? task.title, maxLine)}`
}

function numberedCard(head: Html, lines: readonly NotificationLine[]): NumberedCard {
  const tasks = lines.flatMap(({ task }) => task ?? [])
  return {
    card: { text: joinHtml([head, numbered(lines)], '\n'), keyboard: numberedButtons(tasks) },
    topic: topicOf(lines),
  }
}

function numbered(lines: readonly NotificationLine[]): Html {
  const named = lines
    .filter(({ task }) => task !== null)
    .map((line, index) => html`${index + 1}. ${line.html}`)
  const others = lines.filter(({ task }) => task === null).map((line) => html`• ${line.html}`)
  return joinHtml([...named, ...others], '\n')
}

function topicOf(lines: readonly NotificationLine[]): ReplyTopic {
  return { kind: 'digest', taskIds: lines.flatMap(({ task }) => task?.id ?? []) }
}

/** Builds a button per numbered line that opens its task. */
export function numberedButtons(tasks: readonly { readonly key: string }[]) {
  const buttons = tasks.map(({ key }, index) => button(String(index + 1), openTap, { key }))
  return keyboard(inRows(buttons, buttons.length <= 8 ? 8 : 6))
}
