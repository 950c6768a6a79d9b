import { missingForReady } from '../domain/project-settings.ts'
import { notesOf, prUrlOf } from '../domain/work-log-texts.ts'
import { keyboard } from './card.ts'
import { firstLine } from './first-line.ts'
import { bold, clip, type Html, html, joinHtml, link, truncateHtml } from './html.ts'
import { markdownToHtml } from './markdown.ts'
import { type Happening, longMessage, type News, type NewsMessage } from './news.ts'
import { newsButtons } from './news-buttons.ts'
import { branchLink } from './repository.ts'

const maxInHead = 300
const maxLine = 110

/** The message about something that happened to a task. */
export function newsMessage(news: News): NewsMessage {
  const { task, what } = news
  const board = keyboard(newsButtons(news))
  const told = what === 'blocked' || what === 'ready' || news.reported ? tell(news) : null
  const head = joinHtml([title(news), joinHtml([bold(news.by), says[what]], ' '), ...facts(news)], '\n')
  const line = html`${signs[what]} ${bold(task.key)} ${clip(task.title, 60)}${told !== null && html` — ${firstLine(told, maxLine)}`}`
  if (told === null) return { card: { text: head, keyboard: board }, line }
  return longMessage(told, { head, fileName: `${task.key}.md`, line, keyboard: board })
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
    isDelivery && task.branch !== null && html`🌿 ${branchLink(task.branch, task.project.repoUrl)}`,
    prUrl !== null && html`🔀 ${link(prUrl, prName(prUrl))}`,
    missing.length > 0 && html`⚠️ The project wants what is missing here: ${missing.join(' and ')}`,
  ].filter((line) => line !== false)
}

function prName(url: string): string {
  const number = /\/(?:pull|merge_requests)\/(\d+)/.exec(url)?.[1]
  return number === undefined ? url : `Pull request #${number}`
}
