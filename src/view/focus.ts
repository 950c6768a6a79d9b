import type { Digest, Proposal } from '../domain/digest.ts'
import type { Task } from '../domain/tasks/task.ts'
import { doesAct, pageButtons, toScreen } from './buttons.ts'
import { packUuid } from './callbacks.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { bold, type Html, html, joinHtml } from './html.ts'
import { columnsFor, taskLine } from './task-line.ts'
import { day, type Reader } from './when.ts'

const reasons: Record<Proposal['reason'], string> = {
  'due-soon': 'due soon',
  priority: 'high priority',
  next: 'next in line',
}

const mostShown = 10

/** /focus: what is pinned to today with what can be done to it; where nothing is, what could be. */
export function focusCard(
  { focus, proposals }: Pick<Digest, 'focus' | 'proposals'>,
  reader: Reader & { readonly undo?: string | null },
): Card {
  const shown = focus.slice(0, mostShown)
  const rest = focus.length - shown.length
  const lines = shown.map((task) => taskLine(task, reader, { focus: false }))
  const proposed = proposals.map(({ task, reason }) => html`${taskLine(task, reader)} — ${reasons[reason]}`)
  const head = html`⭐ ${bold(`Focus · ${day(reader.now, reader.now, reader.timeZone)}`)}`
  const empty =
    proposed.length === 0 ? 'Nothing is pinned to today.' : 'Nothing is pinned to today. How about:'
  const body: readonly (Html | string)[] =
    lines.length > 0 ? [...lines, ...(rest > 0 ? [`… and ${rest} more`] : [])] : [empty, ...proposed]
  return {
    text: joinHtml([head, joinHtml(body, '\n')], '\n\n'),
    keyboard: keyboard([
      ...shown.map(focusRow),
      ...pinRows(proposals.map(({ task }) => task)),
      [toScreen('+ Pin', 'focus', 'pin'), ...undoButton(reader.undo)],
    ]),
  }
}

function focusRow({ key, status }: Task): Button[] {
  return [
    doesAct(`✅ ${key}`, { name: 'focus', about: key, value: `done.${status}` }),
    doesAct('Unpin', { name: 'focus', about: key, value: 'unpin' }),
    { label: 'Open', does: { do: 'open', key } },
  ]
}

function pinRows(tasks: readonly Task[]): Button[][] {
  const buttons = tasks.map(({ key }) => doesAct(`⭐ ${key}`, { name: 'focus', about: key, value: 'pin' }))
  return inRows(buttons, Math.min(3, columnsFor(tasks.map(({ key }) => key))))
}

function undoButton(undo: string | null | undefined): Button[] {
  return undo ? [doesAct('↩️ Undo', { name: 'focus-undo', about: packUuid(undo) })] : []
}

/** How many tasks a page of those to be pinned has. */
export const pinsAPage = 8

/** What may be pinned to today, a page of it. */
export function pinCard(
  tasks: readonly Task[],
  { page, pages, ...reader }: Reader & { readonly page: number; readonly pages: number },
): Card {
  const lines =
    tasks.length === 0 ? ['There is no open task to pin.'] : tasks.map((task) => taskLine(task, reader))
  return {
    text: joinHtml([html`⭐ ${bold('Pin to today')}`, joinHtml(lines, '\n')], '\n\n'),
    keyboard: keyboard([
      ...pinRows(tasks),
      pageButtons({ name: 'focus', argument: 'pin', page, pages }),
      [toScreen('‹ Back', 'focus')],
    ]),
  }
}
