import type { Engine } from '../../db/schema.ts'
import type { TaskStatus } from '../core/task-values.ts'
import { clip } from '../core/text.ts'
import type { Report } from './facts.ts'

// PREQSTATION's clients read the titles and details below: their words and punctuation are a wire format.

export const maxLogTitle = 180
const resultTitlePrefixes = ['PREQSTATION Result · ', 'PREQSTATION Plan · '] as const

const statusNames: Record<TaskStatus, string> = {
  inbox: 'Inbox',
  todo: 'Todo',
  hold: 'Hold',
  ready: 'Ready',
  done: 'Done',
  archived: 'Archived',
}

/** An agent's report as it was given. Blank parts are left out. */
export type WorkResult = Partial<Record<keyof Report, string | undefined>>

export function resultTitle(kind: 'result' | 'plan', taskTitle: string): string {
  return clip(`${resultTitlePrefixes[kind === 'plan' ? 1 : 0]}${taskTitle}`, maxLogTitle)
}

/** Builds the Markdown of a result log: the task, each part, then engine, time and source below a rule. */
export function resultDetail(facts: {
  readonly taskKey: string
  readonly taskTitle: string
  readonly result: WorkResult
  readonly engine: Engine | null
  readonly at: Date
  readonly source: string
}): string {
  const { result } = facts
  const parts = [
    `**${facts.taskKey}** · ${facts.taskTitle}`,
    withoutLabels(result.summary),
    labeled('Blocked reason', result.blockedReason),
    labeled('Tests', result.tests),
    result.prUrl?.trim() ? `**PR:** [${result.prUrl.trim()}](${result.prUrl.trim()})` : undefined,
    labeled('Notes', result.notes),
    labeled('Checks', result.checks),
    `---\nEngine: ${facts.engine ?? 'unknown'} · Completed: ${facts.at.toISOString()} · Source: ${facts.source}`,
  ]
  return parts.flatMap((part) => (part?.trim() ? [part.trim()] : [])).join('\n\n')
}

function labeled(name: string, text: string | undefined): string | undefined {
  return text?.trim() ? `**${name}:** ${withoutLabels(text.trim())}` : undefined
}

// Agents also write "**Tests:** all pass" themselves. With the colon outside, it looks the same and isn't one of our labels.
function withoutLabels(text: string | undefined): string | undefined {
  return text?.replace(/^\*\*(Blocked reason|Tests|PR|Notes|Checks):\*\* /gm, '**$1**: ')
}

export function statusTitle(taskKey: string, from: TaskStatus, to: TaskStatus): string {
  return `${taskKey} · ${statusNames[from]} -> ${statusNames[to]}`
}

export function fieldsTitle(taskKey: string, fields: readonly string[]): string {
  return clip(`${taskKey} · Fields Updated (${fields.length}) · ${fields.join(', ')}`, maxLogTitle)
}

export function noteTitle(taskKey: string): string {
  return `${taskKey} · Note Updated`
}

/** Builds the detail of a note log: both versions of the note as JSON. */
export function noteDetail(change: {
  readonly taskKey: string
  readonly taskTitle: string
  readonly previousNote: string | null
  readonly updatedNote: string | null
}): string {
  return JSON.stringify({ type: 'task.note_change', version: 1, ...change })
}

const commentPrefix = 'Comment · '

export function commentTitle(taskKey: string): string {
  return `${commentPrefix}${taskKey}`
}

/** Builds the title of an agent's comment, which differs from the owner's. */
export function agentCommentTitle(taskKey: string): string {
  return `${agentCommentPrefix}${taskKey}`
}

const agentCommentPrefix = 'Agent comment · '

/** Titles with a meaning: a log written by hand must not look like a result or the owner's comment. */
export const reservedTitlePrefixes = [...resultTitlePrefixes, commentPrefix, agentCommentPrefix] as const

/** Turns an agent's progress text into a log: its first line is the title, the rest the detail. */
export function progressLog(text: string): { readonly title: string; readonly detail: string | null } {
  const [title = '', ...rest] = text.split('\n')
  return { title, detail: title.length > maxLogTitle ? text : rest.join('\n').trim() || null }
}
