import { firstItemText, type OpenQuestion } from '../../domain/questions/question.ts'
import { isFocused } from '../../domain/tasks/lists/focus.ts'
import type { Task, TaskDetail } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import { button } from '../kit/buttons.ts'
import type { Button } from '../kit/card.ts'
import { inRows } from '../kit/card.ts'
import { bold, type Html, html, italic, shorten, title } from '../kit/html.ts'
import { agentName, prioritySign, questionSign, turnSign, unbroken } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { dueText, isSameDay, span, type Viewer } from '../kit/when.ts'
import { firstLine } from '../markdown/first-line.ts'
import { openTap } from './callbacks.ts'

/** The width of a message line on a 390 px wide phone, in characters of average width. */
const lineWidth = 33
const minTitle = 6
const maxHead = 160

// Widths relative to an average character; similar across the sans-serif fonts of phones and desktops.
const widths: readonly (readonly [RegExp, number])[] = [
  [/[\p{M}\u200b-\u200f\u2060]/u, 0],
  [/\p{Extended_Pictographic}/u, 2.4],
  [/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\uff00-\uff60]/u, 1.8],
  [/[mwMW@%…—]/, 1.6],
  [/[\s.,:;'|!()[\]ijlftIJ·-]/, 0.65],
  [/\p{Lu}/u, 1.2],
]

const known = new Map<string, number>()

function widthOfPoint(point: string): number {
  const width = known.get(point) ?? widths.find(([shape]) => shape.test(point))?.[1] ?? 1
  if (point <= '~') known.set(point, width)
  return width
}

/** Returns the width of a text on a phone, in characters of average width. */
export function phoneWidth(text: string): number {
  let sum = 0
  for (const point of text) sum += widthOfPoint(point)
  return sum
}

/** Cuts a text to the width that `rest` leaves on a phone's line. */
export function fitToLine(text: string, rest: string, width = lineWidth): Html {
  return title(cutTo(text.replace(/\s+/g, ' '), Math.max(minTitle, width - phoneWidth(rest))))
}

/** Cuts a text to a width on a phone. */
export function cutTo(text: string, width: number): string {
  if (phoneWidth(text) <= width) return text
  let left = width - phoneWidth('…')
  let points = 1
  for (const point of text) {
    left -= widthOfPoint(point)
    if (left < 0) break
    points++
  }
  return shorten(text, points)
}

/** Formats a task as a line of a list: its sign, key, title, and notable properties. */
export function taskLine(
  task: Task,
  viewer: Viewer,
  {
    due = true,
    focus = true,
    before = '',
    after = '',
  }: {
    readonly due?: boolean
    readonly focus?: boolean
    /** Text before and after the task, e.g. a number. */
    readonly before?: string
    readonly after?: string
  } = {},
): Html {
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const marks = [
    task.priority === 'none' || !isOpen ? null : prioritySign[task.priority],
    focus && isFocused(task, viewer) ? signs.focus : null,
    task.dueAt === null || !isOpen || !due ? null : `${signs.due}\u00a0${shortDue(task.dueAt, viewer)}`,
    after === '' ? null : after,
  ].filter((mark) => mark !== null)
  const end = marks.length === 0 ? '' : ` ${marks.join(' ')}`
  const start = `${before}${turnSign(task)} `
  return html`${start}${bold(task.key)} ${fitToLine(task.title, `${start}${task.key} ${end}`)}${end}`
}

/** Formats a due date for a list: a time if it's today, otherwise a date without time and weekday. */
export function shortDue(at: Date, { now, timeZone }: Viewer): string {
  const text = dueText(at, now, timeZone)
  if (isSameDay(at, now, timeZone)) return text.split(' ').at(-1) ?? text
  return unbroken(text.replace(/ \d\d:\d\d$/, '').replace(/^[A-Z]\w\w (?=\d)/, ''))
}

/** Formats a span for a list. */
export function shortSpan(from: Date, to: Date): string {
  return unbroken(span(from, to).replace('under a minute', '<1 min'))
}

/** Formats a task that needs the owner: its sign, key, and question or outcome. */
export function needLine(task: Task | TaskDetail, before = '', after = ''): Html {
  const start = `${before}${turnSign(task)} `
  const end = after === '' ? '' : ` ${after}`
  return html`${start}${bold(`${task.key}:`)} ${fitToLine(headOfNeed(task), `${start}${task.key}: ${end}`)}${end}`
}

/** Formats an open question that is about no task. */
export function ownQuestionLine(question: OpenQuestion): Html {
  const start = `${questionSign[question.kind]} `
  return html`${start}${fitToLine(headOfQuestion(question), start)}`
}

function headOfQuestion(question: OpenQuestion): string {
  if (question.kind === 'plan') return `${agentName(question)} has a plan`
  // "Run this command?" alone says nothing.
  const command = question.kind === 'permission' ? question.detail?.trim() : undefined
  return command ? shorten(command, maxHead) : firstLine(firstItemText(question), maxHead)
}

/** Returns what a task needs the owner for: its question or its outcome. */
function headOfNeed(task: Task | TaskDetail): string {
  const { question } = task
  if (question !== null) return headOfQuestion(question)
  const summary = 'latestResult' in task ? (task.latestResult?.summary ?? '') : ''
  return firstLine(summary, maxHead) || task.title
}

/** Formats the first line of a task's open question, to show below its own line. */
export function questionLine(task: Task): Html | null {
  if (turnOf(task) !== 'question') return null
  return html`\u2003${italic(fitToLine(headOfNeed(task), '   '))}`
}

/** The width of a button's label on a phone, in half a row and in a whole row. */
export const halfButton = 16
export const wholeButton = 33

type Named = Pick<Task, 'key'> & { readonly title?: string }

/** Builds buttons that open tasks: key and title, two per row; four per row if only keys are known. */
export function openButtons(tasks: readonly Named[]): Button[][] {
  const hasTitles = tasks.some((task) => task.title !== undefined)
  const buttons = tasks.map((task, index): Button => {
    const isAlone = index === tasks.length - 1 && index % 2 === 0
    return button(buttonLabel(task, '', isAlone ? 'whole' : 'half'), openTap, { key: task.key })
  })
  return inRows(buttons, hasTitles ? 2 : 4)
}

/** Returns a task's button label: its key and as much of its title as the row shows. */
export function buttonLabel(
  { key, title: words = '' }: Named,
  before = '',
  row: 'half' | 'whole' = 'half',
): string {
  const start = `${before}${key} `
  const width = (row === 'half' ? halfButton : wholeButton) - phoneWidth(start)
  return `${start}${cutTo(words.replace(/\s+/g, ' '), Math.max(4, width))}`.trim()
}
