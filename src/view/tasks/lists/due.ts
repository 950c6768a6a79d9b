import type { Task } from '../../../domain/tasks/task.ts'
import { pageButtons } from '../../kit/buttons.ts'
import { defineScreen } from '../../kit/callbacks.ts'
import { type Card, keyboard } from '../../kit/card.ts'
import { bold, type Content, type Html, html, joinHtml } from '../../kit/html.ts'
import { counted, unbroken } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'
import { dueText, isSameDay, type Viewer } from '../../kit/when.ts'
import { openButtons, shortDue, taskLine } from '../line.ts'

export const dueScreen = defineScreen('due')

/** Tasks per page of the due list. */
export const dueAPage = 8

export interface DueFacts extends Viewer {
  readonly tasks: readonly Task[]
  readonly count: number
  readonly page: number
}

/** /due: what is overdue, due today, and due in the next 7 days. */
export function dueCard({ tasks, count, page, ...viewer }: DueFacts): Card {
  const sections = new Map<string, Content[]>()
  for (const task of tasks) {
    const name = sectionOf(task, viewer)
    sections.set(name, [...(sections.get(name) ?? []), dueLine(task, viewer)])
  }
  const parts = [...sections].map(([name, lines]) => joinHtml([bold(name), ...lines], '\n'))
  const head = html`${signs.due} ${bold('Due')}${count > 0 && ` · ${counted(count, 'task')}`}`
  return {
    text: joinHtml([head, ...(parts.length === 0 ? ['Nothing due in the next 7 days.'] : parts)], '\n\n'),
    keyboard: keyboard([
      ...openButtons(tasks),
      pageButtons({ page, pages: Math.max(1, Math.ceil(count / dueAPage)) }, (to) =>
        dueScreen.encode({ page: to }),
      ),
    ]),
  }
}

function dueLine(task: Task, viewer: Viewer): Html {
  const after = task.dueAt === null ? '' : `· ${dueWords(task.dueAt, viewer)}`
  return taskLine(task, viewer, { due: false, after })
}

/** Formats a due date in the list; within the next 7 days, the weekday replaces the date. */
function dueWords(at: Date, { now, timeZone }: Viewer): string {
  if (at < now || isSameDay(at, now, timeZone)) return shortDue(at, { now, timeZone })
  return unbroken(dueText(at, now, timeZone).replace(/^([A-Z]\w\w) \d+ \w+/, '$1'))
}

function sectionOf({ dueAt }: Task, { now, timeZone }: Viewer): string {
  if (dueAt === null || dueAt < now) return `${signs.overdue} Overdue`
  return isSameDay(dueAt, now, timeZone) ? `${signs.due} Today` : `${signs.week} Next 7 days`
}
