import { namingFiles } from '../domain/note-files.ts'
import { isFocused } from '../domain/tasks/focus.ts'
import { criteriaOf, textOf } from '../domain/tasks/note.ts'
import type { Task, TaskDetail } from '../domain/tasks/task.ts'
import { bold, type Html, html, joinHtml, link, quote, truncateHtml } from './html.ts'
import { markdownToHtml } from './markdown.ts'
import { engineName, priorityName, prioritySign, runSign, statusName, statusSign } from './names.ts'
import { branchLink, repositoryUrl } from './repository.ts'
import { ago, dueText, type Reader, span } from './when.ts'

const maxNote = 1_500
const maxCriteria = 20
const maxResult = 700
const shortNote = 280

/** What the card of a task says of it, a part below the other: its state, its note and criteria, what came of it. */
export function taskText(
  task: Task | TaskDetail,
  options: Reader & { readonly runner?: string | null | undefined },
): Html {
  const parts = [
    html`${statusSign[task.status]} ${bold(task.key)} · ${task.title}`,
    stateLine(task, options),
    detailLine(task, options),
    placeLine(task),
    noteBlock(task),
    resultBlock(task),
    feedbackBlock(task),
  ]
  return joinHtml(parts, '\n')
}

/** Status, priority and run in one line. */
function stateLine(
  task: Task,
  { now, runner }: Reader & { readonly runner?: string | null | undefined },
): Html {
  const run =
    task.runState === null || task.runStateUpdatedAt === null
      ? null
      : task.runState === 'queued'
        ? `${runSign.queued} queued ${ago(task.runStateUpdatedAt, now)}`
        : `${runSign.running} ${runner ? `${runner} working` : 'an agent working'} for ${span(task.runStateUpdatedAt, now)}`
  const priority =
    task.priority === 'none' ? null : `${prioritySign[task.priority]} ${priorityName[task.priority]}`
  return joinHtml([statusName[task.status], priority, run], ' · ')
}

function detailLine(task: Task, { now, timeZone }: Reader): Html | null {
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
  const { branch, project } = task
  const repo = repositoryUrl(project.repoUrl)
  const name = repo === null ? project.name : link(repo, project.name)
  return joinHtml(
    [html`📦 ${name}`, branch !== null && html`🌿 ${branchLink(branch, project.repoUrl)}`],
    ' · ',
  )
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

/** Whether the card shows only a part of it. */
export function isNoteCut({ note }: Task): boolean {
  return textOf(note).length > maxNote || criteriaOf(note).length > maxCriteria
}

/** Whether the card shows only a part of it. */
export function isResultCut(task: Task | TaskDetail): boolean {
  return 'latestResult' in task && (task.latestResult?.detail ?? '').length > maxResult
}
