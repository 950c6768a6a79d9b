import { firstItemText } from '../../domain/questions/question.ts'
import { isFocused } from '../../domain/tasks/lists/focus.ts'
import type { Task, TaskDetail } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import type { Button } from '../kit/card.ts'
import { inRows } from '../kit/card.ts'
import { bold, clip, type Html, html, italic, title } from '../kit/html.ts'
import { agentName, prioritySign, turnSign, unbroken } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { dueText, isSameDay, type Reader, span } from '../kit/when.ts'
import { firstLine } from '../markdown/first-line.ts'

/** About as many letters of average width as a line of a message has on a phone 390 px wide. */
const lineWidth = 33
const minTitle = 6
const maxHead = 160

// Widths in letters of average width: what the sans-serif fonts of phones and desktops agree on.
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

function widthOf(text: string): number {
  let sum = 0
  for (const point of text) sum += widthOfPoint(point)
  return sum
}

/** Words that fill what the rest of a line leaves of it on a phone. */
export function fitted(text: string, rest: string, width = lineWidth): Html {
  return title(cutTo(text.replace(/\s+/g, ' '), Math.max(minTitle, width - widthOf(rest))))
}

function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let left = width - widthOf('…')
  let points = 1
  for (const point of text) {
    left -= widthOfPoint(point)
    if (left < 0) break
    points++
  }
  return clip(text, points)
}

/** A task in one line of a list: the sign of its turn, its key and title, and what stands out about it. */
export function taskLine(
  task: Task,
  reader: Reader,
  {
    due = true,
    focus = true,
    before = '',
    after = '',
  }: {
    readonly due?: boolean
    readonly focus?: boolean
    /** What stands before and after it in the line, e.g. a number. */
    readonly before?: string
    readonly after?: string
  } = {},
): Html {
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const marks = [
    task.priority === 'none' || !isOpen ? null : prioritySign[task.priority],
    focus && isFocused(task, reader) ? signs.focus : null,
    task.dueAt === null || !isOpen || !due ? null : `${signs.due}\u00a0${shortDue(task.dueAt, reader)}`,
    after === '' ? null : after,
  ].filter((mark) => mark !== null)
  const end = marks.length === 0 ? '' : ` ${marks.join(' ')}`
  const start = `${before}${turnSign(task)} `
  return html`${start}${bold(task.key)} ${fitted(task.title, `${start}${task.key} ${end}`)}${end}`
}

/** A due date as a list shows it: today's as a time alone, others without time and weekday. */
export function shortDue(at: Date, { now, timeZone }: Reader): string {
  const text = dueText(at, now, timeZone)
  if (isSameDay(at, now, timeZone)) return text.split(' ').at(-1) ?? text
  return unbroken(text.replace(/ \d\d:\d\d$/, '').replace(/^[A-Z]\w\w (?=\d)/, ''))
}

/** How long something lasts, as short as a list needs it. */
export function shortSpan(from: Date, to: Date): string {
  return unbroken(span(from, to).replace('under a minute', '<1 min'))
}

/** A task that needs the owner, in one line: its sign, key, and question or outcome. */
export function needLine(task: Task | TaskDetail, before = '', after = ''): Html {
  const start = `${before}${turnSign(task)} `
  const end = after === '' ? '' : ` ${after}`
  return html`${start}${bold(`${task.key}:`)} ${fitted(headOfNeed(task), `${start}${task.key}: ${end}`)}${end}`
}

/** What a task needs the owner for, in a few words: its question, or what came of it. */
function headOfNeed(task: Task | TaskDetail): string {
  const { question } = task
  if (question?.kind === 'plan') return `${agentName(question)} has a plan`
  if (question !== null) return firstLine(firstItemText(question), maxHead)
  const summary = 'latestResult' in task ? (task.latestResult?.summary ?? '') : ''
  return firstLine(summary, maxHead) || task.title
}

/** The first line of a task's open question, below its own line. */
export function questionLine(task: Task): Html | null {
  if (turnOf(task) !== 'question') return null
  return html`\u2003${italic(fitted(headOfNeed(task), '   '))}`
}

// Two labels of about this width fit side by side on a phone, and one of the other.
const halfButton = 16
const wholeButton = 33

type Named = Pick<Task, 'key'> & { readonly title?: string }

/** Buttons that open tasks, each with key and title, two in a row; keys alone, where no titles are known, four. */
export function openButtons(tasks: readonly Named[]): Button[][] {
  const hasTitles = tasks.some((task) => task.title !== undefined)
  const buttons = tasks.map((task, index): Button => {
    const isAlone = index === tasks.length - 1 && index % 2 === 0
    return { label: buttonLabel(task, '', isAlone ? 'whole' : 'half'), does: { do: 'open', key: task.key } }
  })
  return inRows(buttons, hasTitles ? 2 : 4)
}

/** The label of a button about a task: its key and as much of its title as half a row shows, or the whole row. */
export function buttonLabel(
  { key, title: words = '' }: Named,
  before = '',
  row: 'half' | 'whole' = 'half',
): string {
  const start = `${before}${key} `
  const width = (row === 'half' ? halfButton : wholeButton) - widthOf(start)
  return `${start}${cutTo(words.replace(/\s+/g, ' '), Math.max(4, width))}`.trim()
}
