import type { QuickAddProblem } from '../../domain/quick-add/quick-add.ts'
import { isFocused } from '../../domain/tasks/lists/focus.ts'
import { criteriaOf, textOf } from '../../domain/tasks/notes/note.ts'
import { filesIn } from '../../domain/tasks/notes/note-files.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import { button } from '../kit/buttons.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Content, code, type Html, html, joinHtml, shorten, title } from '../kit/html.ts'
import { timeZoneTap } from '../kit/links.ts'
import { counted, engineName, priorityName, queuedFor, turnSign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { dueText, type Viewer } from '../kit/when.ts'
import { queueButton } from './buttons.ts'
import { menuTap, undoTap } from './callbacks.ts'
import { moveButton, takeBackButton } from './moves.ts'
import { type Suggested, suggestionButton } from './suggestions.ts'

const maxTitle = 120

export interface CaptureCardOptions extends Viewer {
  /** The audit entry that Undo reverts. */
  readonly undo: string | null
  readonly problems: readonly Suggested[]
  /** The time zone of a captured location; a button sets it as the owner's. */
  readonly zone?: string | null
  /** An additional line at the bottom. */
  readonly notice?: Content
}

/** Answers a captured message: the task in two lines and one row of buttons, until the task changes. */
export function captureCard(task: Task, options: CaptureCardOptions): Card {
  const head = html`${turnSign(task)} ${bold(task.key)} ${title(task.title, maxTitle)} · ${title(task.project.name)}`
  const lines = [head, understood(task, options), problemLines(options.problems), options.notice]
  const suggested = options.problems
    .slice(0, maxProblems)
    .map((problem) => suggestionButton(task, problem, options))
  const rows = [captureRow(task, options.undo), ...inRows(suggested, 2), zoneRow(options.zone ?? null)]
  return { text: joinHtml(lines, '\n'), keyboard: keyboard(rows) }
}

function understood(task: Task, viewer: Viewer): Html | null {
  const { priority, dueAt, engine, labels, note } = task
  const isQueued = turnOf(task) === 'queued'
  const criteria = criteriaOf(note).length
  const files = filesIn(note).length
  const parts = [
    isQueued && queuedFor(task),
    priority !== 'none' && priorityName[priority],
    dueAt !== null && `due ${dueText(dueAt, viewer.now, viewer.timeZone)}`,
    engine !== null && !isQueued && engineName[engine],
    ...labels.map(({ name }) => `#${name}`),
    isFocused(task, viewer) && 'focus today',
    hasWords(note) && 'note',
    criteria > 0 && counted(criteria, 'criterion', 'criteria'),
    files > 0 && counted(files, 'file'),
  ].filter((part) => part !== false)
  return parts.length === 0 ? null : joinHtml(parts, ' · ')
}

const fileLink = /\[[^\]\n]*\]\(tg-\w+:[\w-]+\)/g

/** Returns whether a note has text besides its files and criteria. */
function hasWords(note: string | null): boolean {
  return textOf(note).replace(fileLink, '').trim() !== ''
}

function captureRow(task: Task, undo: string | null): Button[] {
  const { key } = task
  const edit: Button = button('Edit', menuTap, { on: 'card', key, menu: 'edit', page: 0 })
  const last: Button =
    undo === null
      ? moveButton(task, 'card', 'archived')
      : button(`${signs.undo} Undo`, undoTap, { on: 'card', audit: undo })
  return task.runState !== null
    ? [takeBackButton(task, 'card'), edit, last]
    : [queueButton(task, 'card'), moveButton(task, 'card', 'todo'), edit, last]
}

function zoneRow(zone: string | null): Button[] {
  if (zone === null) return []
  return [button('Use as my time zone', timeZoneTap, { on: 'capture', timeZone: zone })]
}

/** Lists what wasn't understood in a message, one per line; null if nothing. */
export function problemLines(problems: readonly QuickAddProblem[]): Html | null {
  return problems.length === 0 ? null : joinHtml(problems.slice(0, maxProblems).map(problemLine), '\n')
}

const maxProblems = 10

function problemLine({ token, reason }: QuickAddProblem): Html {
  switch (reason) {
    case 'unknown-project':
      return html`There’s no project ${code(token.replace(/^\+/, '').toUpperCase())} – left in the title.`
    case 'unclear-date':
      return html`I couldn’t read ${code(token.replace(/^\^/, ''))} as a date, so I left it in the title.`
    case 'label-too-long':
      return html`${code(shorten(token, 30))} is too long for a label – left in the title.`
    case 'unknown-priority':
    case 'unknown-engine':
    case 'unclear-label':
      return html`Didn’t recognize ${code(token)} – left in the title.`
  }
}

/** For an edited message whose task has changed since. */
export function editedTooLateCard(task: Task): Card {
  return { text: html`${task.key} has changed since, so your edit wasn’t applied. Reply to add a comment.` }
}

/** For an edited comment: comments stay as first sent. */
export function editedCommentCard(task: Task): Card {
  return { text: html`Your comment on ${task.key} stays as you first sent it. Reply to add to it.` }
}

/** For an edited message that isn't a task. */
export function editedNothingCard(): Card {
  return { text: html`Your edit changes nothing here. Send it as a new message.` }
}

/** A notice that the note is full. */
export function noteFullNotice(): Html {
  return html`The note is full; I added the rest as comments.`
}

/** For a sticker or another kind of message that can't become a task. */
export function notKeptCard(): Card {
  return { text: html`I can’t save this kind of message.` }
}

/** For a message of invisible characters. */
export function nothingVisibleCard(): Card {
  return { text: html`There’s nothing to see in that message, so I didn’t save it.` }
}
