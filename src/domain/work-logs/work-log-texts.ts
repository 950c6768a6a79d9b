import type { Engine } from '../../db/schema.ts'
import type { TaskStatus } from '../core/task-values.ts'
import { clip } from '../core/text.ts'

// The titles and details below are what PREQSTATION's clients read back: their words and punctuation are a wire format.

export const maxLogTitle = 180
export const resultTitlePrefixes = ['PREQSTATION Result · ', 'PREQSTATION Plan · '] as const

const statusNames: Record<TaskStatus, string> = {
  inbox: 'Inbox',
  todo: 'Todo',
  hold: 'Hold',
  ready: 'Ready',
  done: 'Done',
  archived: 'Archived',
}

/** What an agent says of its work. Blank parts are left out. */
export interface WorkResult {
  readonly summary?: string | undefined
  readonly blockedReason?: string | undefined
  readonly tests?: string | undefined
  readonly prUrl?: string | undefined
  readonly notes?: string | undefined
  readonly checks?: string | undefined
}

export function resultTitle(kind: 'result' | 'plan', taskTitle: string): string {
  return clip(`${resultTitlePrefixes[kind === 'plan' ? 1 : 0]}${taskTitle}`, maxLogTitle)
}

/** The Markdown of a result log: task, each part present, then engine, time and source under a rule. */
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
    labelled('Blocked reason', result.blockedReason),
    labelled('Tests', result.tests),
    result.prUrl?.trim() ? `**PR:** [${result.prUrl.trim()}](${result.prUrl.trim()})` : undefined,
    labelled('Notes', result.notes),
    labelled('Checks', result.checks),
    `---\nEngine: ${facts.engine ?? 'unknown'} · Completed: ${facts.at.toISOString()} · Source: ${facts.source}`,
  ]
  return parts.flatMap((part) => (part?.trim() ? [part.trim()] : [])).join('\n\n')
}

function labelled(name: string, text: string | undefined): string | undefined {
  return text?.trim() ? `**${name}:** ${withoutLabels(text.trim())}` : undefined
}

// Agents write "**Tests:** all pass" in their own words too; with its colon outside it looks the same and is no part of ours.
function withoutLabels(text: string | undefined): string | undefined {
  return text?.replace(/^\*\*(Blocked reason|Tests|PR|Notes|Checks):\*\* /gm, '**$1**: ')
}

/** Reads summary and blocked reason back out of a result log. */
export function parseResult(detail: string): { summary: string | null; blockedReason: string | null } {
  const rule = detail.lastIndexOf('\n\n---\nEngine: ')
  const body = rule === -1 ? detail : detail.slice(0, rule)
  const parts = body.split('\n\n').slice(1)
  const isLabel = (part: string) => /^\*\*(Blocked reason|Tests|PR|Notes|Checks):\*\* /.test(part)
  const firstLabel = parts.findIndex(isLabel)
  const summary = (firstLabel === -1 ? parts : parts.slice(0, firstLabel)).join('\n\n')
  const blockedAt = parts.findIndex((part) => part.startsWith('**Blocked reason:** '))
  const blockedEnd = parts.findIndex((part, index) => index > blockedAt && isLabel(part))
  const blocked =
    blockedAt === -1 ? '' : parts.slice(blockedAt, blockedEnd === -1 ? undefined : blockedEnd).join('\n\n')
  return { summary: summary || null, blockedReason: blocked.replace('**Blocked reason:** ', '') || null }
}

/** What a result log says besides summary and blocked reason; null is what it does not say. */
export interface ResultNotes {
  readonly tests: string | null
  readonly notes: string | null
  readonly checks: string | null
}

/** Reads tests, notes and checks back out of a result log. */
export function notesOf(detail: string): ResultNotes {
  const rule = detail.lastIndexOf('\n\n---\nEngine: ')
  const body = `\n\n${rule === -1 ? detail : detail.slice(0, rule)}`
  const part = (name: string) => {
    const from = body.lastIndexOf(`\n\n**${name}:** `)
    if (from === -1) return null
    const text = body.slice(from + `\n\n**${name}:** `.length)
    return text.split(/\n\n\*\*(?:Notes|Checks):\*\* /)[0]?.trim() || null
  }
  return { tests: withoutPr(part('Tests')), notes: part('Notes'), checks: part('Checks') }
}

// The pull request stands between tests and notes.
function withoutPr(tests: string | null): string | null {
  return tests?.split(/\n\n\*\*PR:\*\* /)[0]?.trim() || null
}

/** The pull request that a result log names, null where it names none. */
export function prUrlOf(detail: string): string | null {
  return /^\*\*PR:\*\* \[.*\]\((\S+)\)$/m.exec(detail)?.[1] ?? null
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

/** The detail of a note log, from which a reader can show what changed. */
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

/** The title of what an agent says about a task; never read as the owner's words. */
export function agentCommentTitle(taskKey: string): string {
  return `${agentCommentPrefix}${taskKey}`
}

const agentCommentPrefix = 'Agent comment · '

/** Titles that the board itself gives meaning to: a log by hand must not pass for a result or the owner's comment. */
export const reservedTitlePrefixes = [...resultTitlePrefixes, commentPrefix, agentCommentPrefix] as const

/** A line of progress as a log: its first line is the title, and a detail has what doesn't fit there. */
export function progressLog(text: string): { readonly title: string; readonly detail: string | null } {
  const [title = '', ...rest] = text.split('\n')
  return { title, detail: title.length > maxLogTitle ? text : rest.join('\n').trim() || null }
}
