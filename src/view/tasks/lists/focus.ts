import { taskStatuses } from '../../../domain/core/task-values.ts'
import type { Digest, Proposal } from '../../../domain/reports/digest.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { button, pageButtons } from '../../kit/buttons.ts'
import { defineAct, defineScreen, field } from '../../kit/callbacks.ts'
import { type Button, type Card, inRows, keyboard } from '../../kit/card.ts'
import { bold, type Html, html, joinHtml } from '../../kit/html.ts'
import { undoOn } from '../../kit/links.ts'
import { signs } from '../../kit/signs.ts'
import { day, type Viewer } from '../../kit/when.ts'
import { openTap } from '../callbacks.ts'
import { buttonLabel, taskLine } from '../line.ts'

/** Today's focus, or the tasks that can be added to it. */
export const focusScreen = defineScreen('focus', { list: field.named(['', 'pin']) })
/** Changes a task from the list; `from` is its status in the list. */
export const focusListTap = defineAct(
  'focus',
  { key: field.taskKey },
  { to: field.named(['done', 'pin', 'unpin']), from: field.orNone(field.named(taskStatuses)) },
)
export const focusUndoTap = undoOn('focus', defineAct('focus-undo', { audit: field.uuid }))

const reasons: Record<Proposal['reason'], string> = {
  'due-soon': 'due soon',
  priority: 'high priority',
  next: 'next in line',
}

const maxShown = 10

/** /focus: today's focus, or suggestions if it's empty. */
export function focusCard(
  { focus, proposals }: Pick<Digest, 'focus' | 'proposals'>,
  viewer: Viewer & { readonly undo?: string | null },
): Card {
  const shown = focus.slice(0, maxShown)
  const rest = focus.length - shown.length
  const lines = shown.map((task) => taskLine(task, viewer, { focus: false }))
  const proposed = proposals.map(({ task, reason }) =>
    taskLine(task, viewer, { after: `· ${reasons[reason]}` }),
  )
  const head = html`${signs.focus} ${bold(`Focus · ${day(viewer.now, viewer.now, viewer.timeZone)}`)}`
  const empty = proposed.length === 0 ? 'No focus for today.' : 'No focus for today. Suggestions:'
  const body: readonly (Html | string)[] =
    lines.length > 0 ? [...lines, ...(rest > 0 ? [`… and ${rest} more`] : [])] : [empty, ...proposed]
  return {
    text: joinHtml([head, joinHtml(body, '\n')], '\n\n'),
    keyboard: keyboard([
      ...shown.map(focusRow),
      ...pinRows(proposals.map(({ task }) => task)),
      [button(`${signs.focus} Add`, focusScreen, { list: 'pin' }), ...undoButton(viewer.undo)],
    ]),
  }
}

function focusRow(task: Task): Button[] {
  const { key, status } = task
  return [
    button(key, openTap, { key }),
    button('Done', focusListTap, { key, to: 'done', from: status }),
    button('Unfocus', focusListTap, { key, to: 'unpin', from: null }),
  ]
}

function pinRows(tasks: readonly Task[]): Button[][] {
  const buttons = tasks.map((task) =>
    button(buttonLabel(task, `${signs.focus} `), focusListTap, { key: task.key, to: 'pin', from: null }),
  )
  return inRows(buttons, 2)
}

function undoButton(undo: string | null | undefined): Button[] {
  return undo ? [button(`${signs.undo} Undo`, focusUndoTap, { audit: undo })] : []
}

/** Tasks per page when picking a focus. */
export const pinsAPage = 8

/** Shows one page of the tasks that can be focused. */
export function pinCard(
  tasks: readonly Task[],
  { page, pages, ...viewer }: Viewer & { readonly page: number; readonly pages: number },
): Card {
  const lines = tasks.length === 0 ? ['No open tasks.'] : tasks.map((task) => taskLine(task, viewer))
  return {
    text: joinHtml([html`${signs.focus} ${bold('Focus on which?')}`, joinHtml(lines, '\n')], '\n\n'),
    keyboard: keyboard([
      ...pinRows(tasks),
      pageButtons({ page, pages }, (to) => focusScreen.encode({ list: 'pin', page: to })),
      [button(`${signs.back} Back`, focusScreen, { list: '' })],
    ]),
  }
}
