import { missingForReady } from '../../domain/projects/project-settings.ts'
import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import { isFocused } from '../../domain/tasks/lists/focus.ts'
import { criteriaOf, textOf } from '../../domain/tasks/notes/note.ts'
import { namingFiles } from '../../domain/tasks/notes/note-files.ts'
import type { Artifact } from '../../domain/tasks/schemas.ts'
import { runOf, type Task } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import {
  bold,
  code,
  type Html,
  html,
  joinHtml,
  link,
  quote,
  shorten,
  title,
  truncateHtml,
} from '../kit/html.ts'
import { agentName, engineName, priorityName, queuedFor, statusName, turnSign } from '../kit/names.ts'
import { branchLink, repositoryUrl } from '../kit/repository.ts'
import { signs } from '../kit/signs.ts'
import { hiddenHost, isWebLink } from '../kit/web-link.ts'
import { ago, clock, day, dueText, span, type Viewer } from '../kit/when.ts'
import { firstLine, restOf } from '../markdown/first-line.ts'
import { markdownToHtml } from '../markdown/markdown.ts'
import { heardLine, liveLine, stopLine } from './live.ts'
import { outcomeText, waitedText } from './questions/outcome.ts'
import { commandBlock, maxReport, questionBlock, questionHead, whoAsks } from './questions/question-text.ts'
import { queuedLine, runLine } from './runs/run-texts.ts'

const maxNote = 1_500
const maxCriteria = 20
const maxResult = 700
export const maxFact = 300
const maxHead = 220
const maxArtifacts = 5
// Telegram refuses messages whose URLs take more than about 9,500 bytes.
const maxArtifactUrl = 500

/** Renders the text of a task's card. The owner's decision comes first, because the lock screen shows that line. */
export function taskCardText(
  task: TaskCardFacts,
  { isAnswered = false, ...viewer }: Viewer & { readonly isAnswered?: boolean },
): Html {
  const parts = [
    headLines(task),
    stateLine(task, viewer),
    queuedLine(task, viewer),
    task.question !== null && questionBlock(task.question, planText(task)),
    reviewBlock(task),
    !isAnswered && answeredLine(task),
    stopLine(task, viewer),
    progressLine(task),
    liveLine(task, viewer),
    runLine(task),
    metaLine(task),
    noteBlock(task),
    resultBlock(task),
    commentBlock(task, viewer),
  ]
  return joinHtml(parts, '\n')
}

/** Returns the question or outcome of a task that needs the owner, in one line; null for any other task. */
export function headOf(task: TaskCardFacts): string | null {
  switch (turnOf(task)) {
    case 'question': {
      const { question } = task
      if (question === null) return null
      return questionHead(question)
    }
    case 'review':
      return firstLine(task.latestResult?.summary ?? '', maxHead) || 'Ready for review'
    default:
      return null
  }
}

function headLines(task: TaskCardFacts): Html {
  const sign = turnSign(task)
  const head = headOf(task)
  if (head === null) return html`${sign} ${bold(task.key)} ${title(task.title)}`
  const command = task.question === null ? null : commandBlock(task.question)
  return joinHtml([html`${sign} ${bold(`${task.key}:`)} ${title(head)}`, command, title(task.title)], '\n')
}

/** Shows whose turn it is, priority, due date and focus. */
function stateLine(task: TaskCardFacts, viewer: Viewer): Html {
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const isOverdue = isOpen && task.dueAt !== null && task.dueAt < viewer.now
  const parts = [
    turnText(task, viewer),
    task.priority === 'none' ? null : priorityName[task.priority],
    task.dueAt !== null &&
      html`due ${dueText(task.dueAt, viewer.now, viewer.timeZone)}${isOverdue && bold(' overdue')}`,
    isFocused(task, viewer) ? 'focus today' : null,
  ]
  return joinHtml(parts, ' · ')
}

function turnText(task: TaskCardFacts, { now, timeZone }: Viewer): string {
  const since = task.runStateUpdatedAt
  switch (turnOf(task)) {
    case 'question':
      return task.question === null ? '' : whoAsks(task.question, now)
    case 'review':
      return `Ready for review from ${agentName(task.lastRun)}`.replace(' from An agent', '')
    case 'working': {
      const run = runOf(task)
      return `${agentName(run)} is working on it${since === null ? '' : `, ${span(run?.since ?? since, now)}`}`
    }
    case 'queued':
      return `${queuedFor(task)}${since === null ? '' : ` · ${ago(since, now)}`}`
    case 'parked':
      if (task.snoozedUntil === null) return task.status === 'hold' ? 'On hold' : statusName[task.status]
      return `Later: ${day(task.snoozedUntil, now, timeZone)} ${clock(task.snoozedUntil, timeZone)}`
    case 'new':
    case 'closed':
      return statusName[task.status]
  }
}

/** Returns the plan that an open question is about, below its agent's summary. */
export function planText({ question, latestResult }: TaskCardFacts): string {
  const planSummary = latestResult?.kind === 'plan' ? latestResult.summary : null
  // Without a summary, a plan's log contains the plan itself.
  const summary = planSummary === question?.detail?.trim() ? null : planSummary
  return [summary, question?.detail].filter(Boolean).join('\n\n')
}

/** Shows the outcome of a task in review: the rest of the summary, tests, branch, pull request, and what is missing. */
function reviewBlock(task: TaskCardFacts): Html | null {
  if (turnOf(task) !== 'review') return null
  const report = task.latestResult
  const { summary = null, tests = null, checks = null, notes = null, prUrl = null } = report ?? {}
  const missing = missingForReady(task.deploy, { branch: task.branch, prUrl })
  const rest = restOf(summary ?? '', maxHead)
  const fact = (name: string, text: string | null) =>
    text !== null && html`${name}: ${truncateHtml(markdownToHtml(text), maxFact)}`
  return joinHtml(
    [
      rest === '' ? null : quote(truncateHtml(markdownToHtml(rest), maxReport), { expandable: true }),
      fact('Tests', tests),
      fact('Checks', checks),
      fact('Notes', notes),
      prUrl !== null && link(prUrl, prName(prUrl)),
      artifactLines(task),
      missing.length > 0 && html`${signs.problem} Missing for this project: ${missing.join(' and ')}`,
    ],
    '\n',
  )
}

function prName(url: string): string {
  const number = /\/(?:pull|merge_requests)\/(\d+)/.exec(url)?.[1]
  return number === undefined ? url : `Pull request #${number}`
}

/** Links what the work produced. An artifact without a URL shows its location and the reason. */
function artifactLines({ artifacts }: TaskCardFacts): Html | null {
  const rest = artifacts.length - maxArtifacts
  const shown = artifacts.slice(0, maxArtifacts).map(artifactLine)
  return artifacts.length === 0 ? null : joinHtml([...shown, rest > 0 && `… and ${rest} more`], '\n')
}

function artifactLine({ type, title: name, url, localPath, reason }: Artifact): Html {
  const label = name ?? type
  if (url !== undefined && url.length <= maxArtifactUrl && isWebLink(url)) {
    const hidden = hiddenHost(label, url)
    return html`${link(url, title(label))}${hidden !== null && ` (${hidden})`}`
  }
  const where = url ?? localPath
  return joinHtml(
    [
      title(label),
      where !== undefined && code(shorten(where, maxArtifactUrl)),
      reason !== undefined && title(reason, maxFact),
    ],
    ' · ',
  )
}

/** Shows how the newest question of the open run ended. */
function answeredLine({ closedQuestion, question }: TaskCardFacts): Html | null {
  if (closedQuestion === null || question !== null) return null
  return html`${outcomeText(closedQuestion)}${waitedText(closedQuestion)}`
}

function progressLine({ progress }: TaskCardFacts): Html | null {
  return progress === null ? null : html`<i>${title(firstLine(progress.text, maxHead))}</i>`
}

/** Shows the project, engine, labels and, once an agent has worked on it, the branch with what it starts from. */
function metaLine(task: TaskCardFacts): Html {
  const { branch, project, engine, labels, lastRun, ran } = task
  const repo = repositoryUrl(project.repoUrl)
  return joinHtml(
    [
      repo === null || lastRun === null ? title(project.name) : link(repo, project.name),
      engine === null ? null : engineName[engine],
      ...labels.map(({ name }) => `#${name}`),
      lastRun !== null &&
        branch !== null &&
        html`${branchLink(branch, project.repoUrl)}${ran?.base && html` from ${title(ran.base)}`}`,
    ],
    ' · ',
  )
}

function noteBlock(task: Task): Html | null {
  const text = namingFiles(textOf(task.note))
  const criteria = criteriaOf(task.note).map(
    (criterion) => html`${criterion.met ? signs.checked : signs.unchecked} ${title(criterion.text)}`,
  )
  const note = text === '' ? null : truncateHtml(markdownToHtml(text), maxNote)
  const block = note === null ? null : quote(note, { expandable: true })
  const shown = criteria.slice(0, maxCriteria)
  const rest = criteria.length - shown.length
  const list = joinHtml([...shown, rest > 0 && `… and ${rest} more`], '\n')
  return block === null && criteria.length === 0 ? null : joinHtml([block, list], '\n')
}

/** Shows the last run's result, unless the card already does. */
function resultBlock(task: TaskCardFacts): Html | null {
  const turn = turnOf(task)
  if (task.latestResult === null || turn === 'review' || turn === 'question') return null
  const { kind, summary, blockedReason } = task.latestResult
  const head = blockedReason !== null ? 'Was blocked' : kind === 'plan' ? 'Plan' : 'Result'
  const body = blockedReason ?? summary
  // The note already contains the plan.
  if (body === null || (head === 'Plan' && textOf(task.note).includes(body))) return null
  return joinHtml(
    [
      html`${bold(head)}\n${quote(truncateHtml(markdownToHtml(body), maxResult), { expandable: true })}`,
      artifactLines(task),
    ],
    '\n',
  )
}

function commentBlock(task: TaskCardFacts, viewer: Viewer): Html | null {
  const last = task.feedback.at(-1)
  const more = task.feedback.length - 1
  return joinHtml(
    [
      task.agentComment !== null &&
        html`${signs.comment} ${agentName(task.lastRun)}: ${truncateHtml(markdownToHtml(task.agentComment.text), maxFact)}`,
      last !== undefined &&
        html`${signs.comment} You: ${truncateHtml(html`${namingFiles(last.text)}`, maxFact)}${more > 0 && ` (and ${more} before)`}`,
      last !== undefined && heardLine(task, last, viewer),
    ],
    '\n',
  )
}

/** Returns whether the card shows only part of the note. */
export function isNoteCut({ note }: Task): boolean {
  return textOf(note).length > maxNote || criteriaOf(note).length > maxCriteria
}

/** Returns whether the card shows only part of the result. */
export function isResultCut(task: Pick<TaskCardFacts, 'latestResult'>): boolean {
  return (task.latestResult?.detail ?? '').length > maxResult
}
