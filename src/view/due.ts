import type { Task } from '../domain/tasks/task.ts'
import { pageButtons } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, type Content, type Html, html, joinHtml } from './html.ts'
import { counted } from './names.ts'
import { openButtons, taskLine } from './task-line.ts'
import { dueText, isSameDay, type Reader } from './when.ts'

/** How many tasks a page of the due list has. */
export const dueAPage = 8

export interface DueFacts extends Reader {
  readonly tasks: readonly Task[]
  readonly count: number
  readonly page: number
}

/** /due: what is overdue, due today and in the seven days after it. */
export function dueCard({ tasks, count, page, ...reader }: DueFacts): Card {
  const sections = new Map<string, Content[]>()
  for (const task of tasks) {
    const name = sectionOf(task, reader)
    sections.set(name, [...(sections.get(name) ?? []), dueLine(task, reader)])
  }
  const parts = [...sections].map(([name, lines]) => joinHtml([bold(name), ...lines], '\n'))
  const head = html`📅 ${bold('Due')} · ${counted(count, 'task')}`
  return {
    text: joinHtml(
      [head, ...(parts.length === 0 ? ['Nothing is due in the next seven days.'] : parts)],
      '\n\n',
    ),
    keyboard: keyboard([
      ...openButtons(tasks),
      pageButtons({ name: 'due', page, pages: Math.max(1, Math.ceil(count / dueAPage)) }),
    ]),
  }
}

function dueLine(task: Task, reader: Reader): Html {
  const at = task.dueAt === null ? null : html` — ${dueText(task.dueAt, reader.now, reader.timeZone)}`
  return html`${taskLine(task, reader, { due: false })}${at}`
}

function sectionOf({ dueAt }: Task, { now, timeZone }: Reader): string {
  if (dueAt === null || dueAt < now) return '🔥 Overdue'
  return isSameDay(dueAt, now, timeZone) ? '📅 Today' : '🗓 Next seven days'
}
