import { filesIn, namingFiles } from '../domain/note-files.ts'
import { isFocused } from '../domain/tasks/focus.ts'
import { criteriaOf, textOf } from '../domain/tasks/note.ts'
import {
  type Engine,
  engines,
  type Label,
  type Task,
  type TaskDetail,
  type TaskPriority,
  type TaskStatus,
  taskPriorities,
} from '../domain/tasks/task.ts'
import { type Menu, markOf, type Surface } from './callbacks.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { fitMessage } from './fit.ts'
import { bold, type Content, code, type Html, html, joinHtml, link, quote, truncateHtml } from './html.ts'
import { markdownToHtml } from './markdown.ts'
import { engineName, priorityName, prioritySign, runSign, statusName, statusSign } from './names.ts'
import { ago, dueText, span } from './when.ts'

/** When and where the reader is. */
export interface Reader {
  readonly now: Date
  readonly timeZone: string
}

export interface TaskCardOptions extends Reader {
  readonly on?: Surface
  readonly menu?: Menu
  readonly page?: number
  /** The owner's labels, for the picker. */
  readonly labels?: readonly Label[]
  /** The projects a task may move to, for the picker. */
  readonly projects?: readonly { readonly key: string; readonly name: string }[]
  /** The change that the Undo button takes back. */
  readonly undo?: string | null | undefined
  /** Who is working on it. */
  readonly runner?: string | null | undefined
  /** A line on top: what was understood, what has changed. */
  readonly notice?: Content
  /** What the moves of this surface add, such as Skip. */
  readonly extra?: readonly Button[]
}

const maxNote = 1_500
const maxCriteria = 20
const maxResult = 700
const shortNote = 280

/** The card of a task: its state, its note and criteria, what came of it, and the buttons that fit. */
export function taskCard(task: Task | TaskDetail, options: TaskCardOptions): Card {
  const parts = [
    options.notice,
    html`${statusSign[task.status]} <b>${task.key}</b> · ${task.title}`,
    stateLine(task, options),
    detailLine(task, options),
    placeLine(task),
    noteBlock(task),
    resultBlock(task),
    feedbackBlock(task),
  ]
  return { text: fitMessage(joinHtml(parts, '\n')), keyboard: keyboard(buttons(task, options)) }
}

/** What tells two states of a task apart: a card that shows this version shows the truth. */
export function taskVersion(task: TaskDetail): string {
  const { status, runState, updatedAt, latestResult, feedback } = task
  return [updatedAt.getTime(), status, runState, latestResult?.workedAt.getTime(), feedback.length].join('.')
}

/** Status, priority and run in one line. */
function stateLine(task: Task, { now, runner }: TaskCardOptions): Html {
  const run =
    task.runState === null || task.runStateUpdatedAt === null
      ? null
      : task.runState === 'queued'
        ? `${runSign.queued} queued ${ago(task.runStateUpdatedAt, now)}`
        : `${runSign.running} ${runner ? `${runner} working` : 'an agent works'} for ${span(task.runStateUpdatedAt, now)}`
  const priority =
    task.priority === 'none' ? null : `${prioritySign[task.priority]} ${priorityName[task.priority]}`
  return joinHtml([statusName[task.status], priority, run], ' · ')
}

function detailLine(task: Task, { now, timeZone }: TaskCardOptions): Html | null {
  const overdue =
    task.dueAt !== null && task.dueAt < now && task.status !== 'done' && task.status !== 'archived'
  const parts = [
    task.labels.length === 0 ? null : `🏷 ${task.labels.map((label) => label.name).join(', ')}`,
    task.engine === null ? null : `🤖 ${engineName[task.engine]}`,
    task.dueAt === null ? null : html`📅 ${dueText(task.dueAt, now, timeZone)}${overdue && bold(' overdue')}`,
    isFocused(task, { now, timeZone }) ? '⭐ focus' : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : joinHtml(parts, ' · ')
}

function placeLine(task: Task): Html {
  const repo = repositoryUrl(task.project.repoUrl)
  const branch =
    task.branch === null
      ? null
      : repo === null
        ? code(task.branch)
        : link(`${repo}/tree/${encodeURI(task.branch)}`, task.branch)
  const project = repo === null ? task.project.name : link(repo, task.project.name)
  return joinHtml([html`📦 ${project}`, branch === null ? null : html`🌿 ${branch}`].filter(Boolean), ' · ')
}

/** A repository as a web address; null where it has none. */
export function repositoryUrl(repo: string | null): string | null {
  if (repo === null || repo.trim() === '') return null
  if (/^https?:\/\//.test(repo)) return repo.replace(/\.git$/, '').replace(/\/+$/, '')
  const ssh = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+?)(?:\.git)?$/.exec(repo)
  if (ssh) return `https://${ssh[1]}/${ssh[2]}`
  return /^[\w.-]+\/[\w.-]+$/.test(repo) ? `https://github.com/${repo}` : null
}

function noteBlock(task: Task): Html | null {
  const text = namingFiles(textOf(task.note))
  const criteria = criteriaOf(task.note).map(
    (criterion) => html`${criterion.met ? '☑' : '☐'} ${criterion.text}`,
  )
  const note = text === '' ? null : truncateHtml(markdownToHtml(text), maxNote)
  const block = note === null ? null : quote(note, { expandable: text.length > shortNote })
  const shown = criteria.slice(0, maxCriteria)
  const rest = criteria.length - shown.length
  const list = joinHtml([...shown, rest > 0 && `… and ${rest} more`], '\n')
  return block === null && criteria.length === 0 ? null : joinHtml([block, list], '\n')
}

function resultBlock(task: Task | TaskDetail): Html | null {
  if (!('latestResult' in task) || task.latestResult === null) return null
  const { summary, blockedReason, title } = task.latestResult
  const head =
    blockedReason !== null ? '⛔️ Blocked' : title.startsWith('PREQSTATION Plan') ? '🗺 Plan' : '🏁 Result'
  const body = blockedReason ?? summary
  return body === null
    ? null
    : html`${bold(head)}\n${quote(truncateHtml(markdownToHtml(body), maxResult), { expandable: body.length > shortNote })}`
}

function feedbackBlock(task: Task | TaskDetail): Html | null {
  if (!('feedback' in task) || task.feedback.length === 0) return null
  const last = task.feedback.at(-1)
  const more = task.feedback.length - 1
  return html`💬 ${truncateHtml(html`${namingFiles(last?.text ?? '')}`, 300)}${more > 0 && ` (and ${more} before)`}`
}

/** The rows of buttons of the menu that is open. */
function buttons(task: Task, options: TaskCardOptions): Button[][] {
  const on = options.on ?? 'card'
  const menu = options.menu ?? 'main'
  const back: Button = { label: '‹ Back', does: { do: 'menu', on, key: task.key, menu: 'main', page: 0 } }
  switch (menu) {
    case 'main':
      return mainMenu(task, options, on)
    case 'priority':
      return [
        ...inRows(
          taskPriorities.map((to) => priorityButton(task, to, on)),
          3,
        ),
        [back],
      ]
    case 'engine':
      return [
        ...inRows(
          [...engines, null].map((to) => engineButton(task, to, on)),
          2,
        ),
        [back],
      ]
    case 'labels':
      return [...labelRows(task, options, on), [back]]
    case 'due':
      return [...dueRows(task, on), [back]]
    case 'edit':
      return [...editRows(task, on), [back]]
    case 'more':
      return [...projectRows(task, options, on), [back]]
  }
}

/** The moves that fit a status, in the order in which a thumb wants them. */
const moves: Record<
  TaskStatus,
  readonly { readonly to: TaskStatus; readonly label: string; readonly style?: 'success' }[]
> = {
  inbox: [
    { to: 'todo', label: 'Todo' },
    { to: 'hold', label: 'Hold' },
    { to: 'archived', label: 'Archive' },
    { to: 'done', label: 'Done' },
  ],
  todo: [
    { to: 'done', label: 'Done' },
    { to: 'hold', label: 'Hold' },
    { to: 'inbox', label: 'Inbox' },
    { to: 'archived', label: 'Archive' },
  ],
  hold: [
    { to: 'todo', label: 'Todo' },
    { to: 'done', label: 'Done' },
    { to: 'archived', label: 'Archive' },
  ],
  ready: [
    { to: 'done', label: 'Accept', style: 'success' },
    { to: 'hold', label: 'Hold' },
  ],
  done: [
    { to: 'todo', label: 'Reopen' },
    { to: 'archived', label: 'Archive' },
  ],
  archived: [{ to: 'inbox', label: 'Back to inbox' }],
}

/** The buttons that move a task to where it may go from here. */
function moveButtons(task: Task, on: Surface): Button[] {
  const row: Button[] = moves[task.status].map(({ to, label, style }) => ({
    label,
    does: { do: 'move', on, key: task.key, from: task.status, to },
    ...(style === undefined ? {} : { style }),
  }))
  const sendBack: Button = { label: 'Send back', does: { do: 'ask', on, key: task.key, what: 'send-back' } }
  return task.status === 'ready' ? [...row.slice(0, 1), sendBack, ...row.slice(1)] : row
}

function mainMenu(task: Task, options: TaskCardOptions, on: Surface): Button[][] {
  const { key } = task
  const menu = (label: string, name: Menu): Button => ({
    label,
    does: { do: 'menu', on, key, menu: name, page: 0 },
  })
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const queue: Button =
    task.runState === null
      ? { label: 'Queue', does: { do: 'queue', on, key, set: true } }
      : releaseButton(task, on)
  const focus: Button = {
    label: isFocused(task, options) ? 'Unpin' : '⭐ Focus',
    does: { do: 'focus', on, key, set: !isFocused(task, options) },
  }
  const undo: Button[] = options.undo
    ? [{ label: '↩️ Undo', does: { do: 'undo', on, audit: options.undo } }]
    : []
  return [
    moveButtons(task, on),
    isOpen
      ? [menu('Priority', 'priority'), menu('Labels', 'labels'), menu('Engine', 'engine'), menu('Due', 'due')]
      : [],
    [...(isOpen ? [focus, menu('Edit', 'edit'), queue] : []), menu('More', 'more'), ...fileButton(task)],
    [...(options.extra ?? []), ...undo],
  ]
}

/** Takes a task out of the queue, or from the agent that has it. */
export function releaseButton({ key, runState }: Task, on: Surface): Button {
  return runState === 'running'
    ? { label: 'Release', does: { do: 'release', on, key } }
    : { label: 'Unqueue', does: { do: 'queue', on, key, set: false } }
}

function fileButton({ key, note }: Task): Button[] {
  const { length } = filesIn(note)
  return length === 0
    ? []
    : [{ label: `📎 ${length}`, does: { do: 'screen', name: 'files', argument: key, page: 0 } }]
}

const chosen = (label: string, is: boolean) => (is ? `✓ ${label}` : label)

function priorityButton(task: Task, to: TaskPriority, on: Surface): Button {
  const label = chosen(`${prioritySign[to]} ${priorityName[to]}`, task.priority === to)
  return { label, does: { do: 'priority', on, key: task.key, to } }
}

function engineButton(task: Task, to: Engine | null, on: Surface): Button {
  const label = chosen(to === null ? 'Any' : engineName[to], task.engine === to)
  return { label, does: { do: 'engine', on, key: task.key, to } }
}

const labelsAPage = 9

function labelRows(task: Task, options: TaskCardOptions, on: Surface): Button[][] {
  const labels = options.labels ?? []
  const pages = Math.max(1, Math.ceil(labels.length / labelsAPage))
  const page = Math.min(options.page ?? 0, pages - 1)
  const has = new Set(task.labels.map((label) => label.id))
  const shown = labels.slice(page * labelsAPage, (page + 1) * labelsAPage).map(
    (label): Button => ({
      label: chosen(label.name, has.has(label.id)),
      does: { do: 'label', on, key: task.key, label: label.id, set: !has.has(label.id) },
    }),
  )
  const turn = (to: number, label: string): Button => ({
    label,
    does: { do: 'menu', on, key: task.key, menu: 'labels', page: to },
  })
  return [
    ...inRows(shown, 3),
    [
      ...(page > 0 ? [turn(page - 1, '‹')] : []),
      ...(page < pages - 1 ? [turn(page + 1, '›')] : []),
      { label: '+ New label', does: { do: 'ask', on, key: task.key, what: 'label' } },
    ],
  ]
}

function dueRows(task: Task, on: Surface): Button[][] {
  const due = (label: string, to: 'today' | 'tomorrow' | 'friday' | 'monday' | 'none'): Button => ({
    label,
    does: { do: 'due', on, key: task.key, to },
  })
  return [
    [due('Today', 'today'), due('Tomorrow', 'tomorrow')],
    [due('Friday', 'friday'), due('Next Monday', 'monday')],
    [
      { label: '✏️ Another day', does: { do: 'ask', on, key: task.key, what: 'due' } },
      ...(task.dueAt === null ? [] : [due('No date', 'none')]),
    ],
  ]
}

function editRows(task: Task, on: Surface): Button[][] {
  const ask = (label: string, what: 'title' | 'note' | 'criteria' | 'branch'): Button => ({
    label,
    does: { do: 'ask', on, key: task.key, what },
  })
  const criteria = criteriaOf(task.note)
    .slice(0, 12)
    .map(
      (criterion, index): Button => ({
        label: `${criterion.met ? '☑' : '☐'} ${[...criterion.text].slice(0, 28).join('')}`,
        does: {
          do: 'criterion',
          on,
          key: task.key,
          index,
          mark: markOf(criterion.text),
          met: !criterion.met,
        },
      }),
    )
  return [
    ...inRows(criteria, 1),
    [ask('Title', 'title'), ask('Note', 'note')],
    [ask('Criteria', 'criteria'), ask('Branch', 'branch')],
  ]
}

function projectRows(task: Task, options: TaskCardOptions, on: Surface): Button[][] {
  const others = (options.projects ?? []).filter((project) => project.key !== task.project.key).slice(0, 8)
  const moveTo = others.map(
    (project): Button => ({
      label: `→ ${project.key}`,
      does: { do: 'project', on, key: task.key, to: project.key },
    }),
  )
  const screen = (label: string, name: string): Button => ({
    label,
    does: { do: 'screen', name, argument: task.key, page: 0 },
  })
  return [
    ...inRows(moveTo, 4),
    [
      ...(isNoteCut(task) ? [screen('📄 Whole note', 'note')] : []),
      ...(isResultCut(task) ? [screen('📄 Whole result', 'result')] : []),
    ],
    [
      // The deck would lose its place.
      ...(on === 'deck' ? [] : [screen('History', 'history')]),
      { label: 'Delete', does: { do: 'delete', on, key: task.key, sure: false }, style: 'danger' },
    ],
  ]
}

function isNoteCut({ note }: Task): boolean {
  return textOf(note).length > maxNote || criteriaOf(note).length > maxCriteria
}

function isResultCut(task: Task | TaskDetail): boolean {
  return 'latestResult' in task && (task.latestResult?.detail ?? '').length > maxResult
}

/** Asks once before a task is deleted. */
export function deleteCard(task: Task, on: Surface): Card {
  return {
    text: html`🗑 Delete ${bold(task.key)} · ${task.title}?\nIts work logs stay, and Undo brings it back.`,
    keyboard: keyboard([
      [
        { label: 'Delete', does: { do: 'delete', on, key: task.key, sure: true }, style: 'danger' },
        { label: 'Keep', does: { do: 'menu', on, key: task.key, menu: 'main', page: 0 } },
      ],
    ]),
  }
}
