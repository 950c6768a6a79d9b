import { type AuditRecord, fieldsOf } from '../../domain/core/audit/audit-record.ts'
import { shorten } from '../kit/html.ts'
import { engineName, priorityName, statusName } from '../kit/names.ts'
import { dueText, type Viewer } from '../kit/when.ts'
import { runnerName } from '../settings/runner.ts'
import { zoneName } from '../settings/time-zones.ts'

const fieldWords: Readonly<Record<string, string>> = {
  dueAt: 'due',
  focusedAt: 'focus',
  repoUrl: 'repository',
  vercelUrl: 'deployment',
  bgImage: 'picture',
  timeZone: 'time zone',
  digestTime: 'digest',
  digestEnabled: 'digest',
  quietHours: 'quiet hours',
  notifyNeedsYou: '“needs you” notifications',
  notifyFinished: '“finished” notifications',
  notifyInfo: '“progress” notifications',
  defaultProject: 'default project',
  lastProject: 'last project',
  mutedProjects: 'muted projects',
  staleAfterMinutes: 'stuck after (min)',
  queuedAfterMinutes: 'queue reminder after (min)',
  keepEventsDays: 'event history (days)',
  runner: 'runner',
  runnerChat: "runner's chat",
  runnerBot: "runner's bot",
  projectTopics: 'project topics',
  presence: 'where you are',
  locked: 'permissions locked',
  holdClaude: 'wait of Claude Code (s)',
  holdCodex: 'wait of Codex (s)',
  holdProxy: 'wait behind a proxy (s)',
  agent_instructions: 'agent instructions',
  deploy_strategy: 'strategy',
  deploy_default_branch: 'default branch',
  deploy_auto_pr: 'pull request',
  deploy_commit_on_review: 'commit when ready',
  deploy_squash_merge: 'squash on merge',
}
// Each of these changes together with another field that implies it.
const silentFields = [
  'sortOrder',
  'archivedAt',
  'runStateUpdatedAt',
  'bgImageCredit',
  'deletedAt',
  'digestLastDate',
]
const longFields = ['note', 'description', 'agent_instructions']

// jsonb doesn't preserve key order.
const firstFields = ['title', 'status', 'runState', 'priority', 'labels', 'dueAt']

function orderOf(field: string): number {
  const index = firstFields.indexOf(field)
  return index < 0 ? firstFields.length : index
}

type Fields = Readonly<Record<string, unknown>>

/** Describes an audit entry's changed fields: "priority none → high". */
export function changesOf(entry: AuditRecord, viewer: Viewer): string[] {
  const { before, after } = fieldsOf(entry)
  return fieldChanges(before, after, viewer)
}

/** Describes what undoing an audit entry changed: "priority high → none". */
export function revertedChangesOf(entry: AuditRecord, viewer: Viewer): string[] {
  const { before, after } = fieldsOf(entry)
  return fieldChanges(after, before, viewer)
}

function fieldChanges(before: Fields, after: Fields, viewer: Viewer): string[] {
  const shown = Object.keys(after)
    .filter((field) => !silentFields.includes(field))
    .filter((field) => field !== 'runState' || before[field] !== after[field])
    .sort((left, right) => orderOf(left) - orderOf(right))
  if (shown.length === 0) return Object.keys(after).includes('sortOrder') ? ['moved within its lane'] : []
  return shown.map((field) => fieldChange(field, before[field], after[field], viewer))
}

function fieldChange(field: string, before: unknown, after: unknown, viewer: Viewer): string {
  if (field === 'runState') return runChange(before, after)
  const name = fieldWords[field] ?? field
  if (longFields.includes(field)) return `${name} edited`
  const change = `${valueText(field, before, viewer)} → ${valueText(field, after, viewer)}`
  // Statuses need no field name.
  return field === 'status' ? change : `${name} ${change}`
}

function runChange(before: unknown, after: unknown): string {
  if (after === 'queued') return 'queued'
  if (after === 'running') return 'agent started'
  return before === 'queued' ? 'removed from queue' : 'agent released'
}

const valueNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  status: statusName,
  priority: Object.fromEntries(
    Object.entries(priorityName).map(([value, name]) => [value, name.toLowerCase()]),
  ),
  engine: engineName,
  runner: runnerName,
}

function valueText(field: string, value: unknown, { now, timeZone }: Viewer): string {
  if (value === null || value === undefined || value === '') return field === 'engine' ? 'any' : 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ')
  if (typeof value === 'boolean' || value === 'true' || value === 'false')
    return String(value) === 'true' ? 'on' : 'off'
  const text = String(value)
  if (/^\d{4}-\d\d-\d\dT/.test(text))
    return field === 'focusedAt' ? 'today' : dueText(new Date(text), now, timeZone)
  if (field === 'timeZone') return zoneName(text)
  return valueNames[field]?.[text] ?? shorten(text, 60)
}
