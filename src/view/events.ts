import { missingForReady } from '../domain/project-settings.ts'
import type { TaskDetail } from '../domain/tasks/task.ts'
import { notesOf, prUrlOf } from '../domain/work-log-texts.ts'
import { type Button, type Card, keyboard } from './card.ts'
import {
  bold,
  type Content,
  clip,
  code,
  type Html,
  html,
  isLinkable,
  joinHtml,
  link,
  plainText,
  truncateHtml,
} from './html.ts'
import { showLong } from './long-text.ts'
import { markdownToHtml } from './markdown.ts'
import { repositoryUrl } from './task-card.ts'

/** What happened to a task, as far as it is news. */
export type Happening =
  | 'blocked'
  | 'ready'
  | 'done'
  | 'result'
  | 'plan'
  | 'created'
  | 'started'
  | 'moved'
  | 'changed'

export interface News {
  readonly task: TaskDetail
  readonly what: Happening
  /** Who did it: the name of an agent's token. */
  readonly by: string
  /** Whether the task's latest result was written along with it. */
  readonly reported: boolean
}

/** A message about something that happened: its card, a file that goes with it, and the line that stands for it in a list. */
export interface NewsMessage {
  readonly card: Card
  readonly file?: { readonly name: string; readonly content: string }
  readonly line: Html
}

const maxInHead = 300
const maxLine = 110

/** The message about something that happened to a task. */
export function newsMessage(news: News): NewsMessage {
  const { task, what } = news
  const board = keyboard(buttons(news))
  const told = what === 'blocked' || what === 'ready' || news.reported ? tell(news) : null
  const head = joinHtml([title(news), joinHtml([bold(news.by), says[what]], ' '), ...facts(news)], '\n')
  const line = html`${signs[what]} ${bold(task.key)} ${clip(task.title, 60)}${firstLine(told)}`
  if (told === null) return { card: { text: head, keyboard: board }, line }
  const shown = showLong(told, { head, fileName: `${task.key}.md` })
  return shown.kind === 'file'
    ? {
        card: { text: shown.caption, keyboard: board },
        file: { name: shown.fileName, content: shown.content },
        line,
      }
    : { card: { text: shown.html, keyboard: board }, line }
}

const signs: Record<Happening, string> = {
  blocked: '⛔️',
  ready: '👀',
  done: '✅',
  result: '🏁',
  plan: '🗺',
  created: '📥',
  started: '⚙️',
  moved: '↔️',
  changed: '✏️',
}

const says: Record<Happening, string> = {
  blocked: 'is blocked and needs you',
  ready: 'has it ready for you',
  done: 'finished it',
  result: 'reports',
  plan: 'has a plan',
  created: 'added this',
  started: 'started',
  moved: 'moved it',
  changed: 'changed it',
}

function title({ task, what }: News): Html {
  return html`${signs[what]} ${bold(task.key)} · ${task.title}`
}

/** What the agent wrote, as Markdown; null where it wrote nothing. */
function tell({ task, what, reported }: News): string | null {
  const result = reported ? task.latestResult : null
  if (what === 'blocked') return result?.blockedReason ?? result?.summary ?? 'It gave no reason.'
  if (result === null) return null
  const { tests, notes, checks } = notesOf(result.detail ?? '')
  const long = (name: string, text: string | null) =>
    text !== null && text.length > maxInHead ? `**${name}:** ${text}` : null
  const parts = [result.summary, long('Tests', tests), long('Checks', checks), notes && `**Notes:** ${notes}`]
  return parts.filter(Boolean).join('\n\n') || null
}

/** Tests, checks, branch, pull request, and what the project wants besides. */
function facts({ task, what, reported }: News): Html[] {
  const detail = reported && what !== 'blocked' ? (task.latestResult?.detail ?? '') : ''
  const { tests, checks } = notesOf(detail)
  const prUrl = prUrlOf(detail)
  const isDelivery = what === 'ready' || what === 'done'
  const missing = isDelivery ? missingForReady(task.deploy, { branch: task.branch, prUrl }) : []
  const short = (sign: string, text: string | null) =>
    text !== null &&
    text.length <= maxInHead &&
    html`${sign} ${truncateHtml(markdownToHtml(text), maxInHead)}`
  return [
    short('🧪', tests),
    short('🔎', checks),
    isDelivery && task.branch !== null && html`🌿 ${branch(task)}`,
    prUrl !== null && html`🔀 ${link(prUrl, prName(prUrl))}`,
    missing.length > 0 && html`⚠️ The project wants what is missing here: ${missing.join(' and ')}`,
  ].filter((line) => line !== false)
}

function branch(task: TaskDetail): Content {
  const repository = repositoryUrl(task.project.repoUrl)
  if (task.branch === null) return null
  return repository === null
    ? code(task.branch)
    : link(`${repository}/tree/${encodeURI(task.branch)}`, task.branch)
}

function prName(url: string): string {
  const number = /\/(?:pull|merge_requests)\/(\d+)/.exec(url)?.[1]
  return number === undefined ? url : `Pull request #${number}`
}

function buttons({ task, what, reported }: News): Button[][] {
  const { key } = task
  const on = 'news'
  const move = (
    label: string,
    from: TaskDetail['status'],
    to: TaskDetail['status'],
    style?: 'success',
  ): Button => ({
    label,
    does: { do: 'move', on, key, from, to },
    ...(style === undefined ? {} : { style }),
  })
  const open: Button = { label: 'Open', does: { do: 'open', key } }
  switch (what) {
    case 'blocked':
      return [
        [
          { label: 'Answer', does: { do: 'ask', on, key, what: 'answer' }, style: 'primary' },
          move('To todo', 'hold', 'todo'),
        ],
        [move('Hold', 'hold', 'hold'), move('Archive', 'hold', 'archived'), open],
      ]
    case 'ready': {
      const prUrl = reported ? prUrlOf(task.latestResult?.detail ?? '') : null
      return [
        [
          move('Accept', 'ready', 'done', 'success'),
          { label: 'Send back', does: { do: 'ask', on, key, what: 'send-back' } },
          move('Hold', 'ready', 'hold'),
        ],
        [...(prUrl !== null && isLinkable(prUrl) ? [{ label: '🔀 Pull request', url: prUrl }] : []), open],
      ]
    }
    case 'done':
      return [[move('Reopen', 'done', 'todo'), open]]
    default:
      return [[open]]
  }
}

/** The beginning of what was told, for a list. */
function firstLine(markdown: string | null): Content {
  if (markdown === null) return null
  const first = plainText(markdownToHtml(markdown.slice(0, 1_000)))
    .split('\n')
    .find((line) => line.trim() !== '')
  return first === undefined ? null : html` — ${clip(first.trim(), maxLine)}`
}

/** What an agent logged by hand, on a task or on none. */
export function logMessage(log: {
  readonly by: string
  readonly title: string
  readonly detail: string | null
  readonly taskKey: string | null
  readonly projectKey: string | null
}): NewsMessage {
  const about = log.taskKey ?? log.projectKey
  const head = html`📝 ${about !== null && html`${bold(about)} · `}${log.title}\n${bold(log.by)} logged this`
  const line = html`📝 ${about !== null && html`${bold(about)} `}${clip(log.title, maxLine)}`
  const board =
    log.taskKey === null
      ? {}
      : { keyboard: keyboard([[{ label: 'Open', does: { do: 'open', key: log.taskKey } }]]) }
  if (log.detail === null) return { card: { text: head, ...board }, line }
  const shown = showLong(log.detail, { head, fileName: 'log.md' })
  return shown.kind === 'file'
    ? {
        card: { text: shown.caption, ...board },
        file: { name: shown.fileName, content: shown.content },
        line,
      }
    : { card: { text: shown.html, ...board }, line }
}

/** An agent deleted a task. */
export function deletedMessage(deletion: {
  readonly by: string
  readonly key: string
  readonly title: string
}): NewsMessage {
  const { by, key, title } = deletion
  return {
    card: {
      text: html`🗑 ${bold(key)} · ${title}\n${bold(by)} deleted it. Its work logs stay.`,
    },
    line: html`🗑 ${bold(key)} ${clip(title, maxLine)}`,
  }
}

/** The line of a task in a list of what changed. */
export function changeLine(task: { readonly key: string; readonly title: string }, sign: string): Html {
  return html`${sign} ${bold(task.key)} ${clip(task.title, maxLine)}`
}
