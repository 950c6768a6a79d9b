import type { listAudit } from '../domain/audit.ts'
import { toScreen } from './buttons.ts'
import { packUuid } from './callbacks.ts'
import { type Card, keyboard } from './card.ts'
import { bold, clip, type Html, html, joinHtml } from './html.ts'
import { engineName, priorityName, runName, statusName } from './names.ts'
import { clock, day, dueText, type Reader } from './when.ts'

type AuditEntry = Awaited<ReturnType<typeof listAudit>>['entries'][number]

/** A page of the trail, newest first, under the days of its entries. `about` is the key whose trail it is, or empty. */
export function auditCard(
  trail: { readonly entries: readonly AuditEntry[]; readonly nextCursor: string | null },
  options: Reader & { readonly about: string; readonly isFirst: boolean },
): Card {
  const { about, isFirst } = options
  const head = html`📜 ${bold(about === '' ? 'What was changed' : `What was changed in ${about}`)}`
  const lines: Html[] = []
  let shownDay = ''
  for (const entry of trail.entries) {
    const of = day(entry.createdAt, options.now, options.timeZone)
    if (of !== shownDay) lines.push(html`\n<b>${of}</b>`)
    shownDay = of
    lines.push(auditLine(entry, options))
  }
  return {
    text: joinHtml([head, ...(lines.length === 0 ? ['Nothing yet.'] : lines)], '\n'),
    keyboard: keyboard([
      [
        ...(isFirst ? [] : [toScreen('‹ Newest', 'audit', `${about}:`)]),
        ...(trail.nextCursor === null
          ? []
          : [toScreen('Older ›', 'audit', `${about}:${packUuid(trail.nextCursor)}`)]),
      ],
      /^[A-Z][A-Z0-9]*-\d+$/.test(about)
        ? [{ label: `Open ${about}`, does: { do: 'open', key: about } }]
        : [],
    ]),
  }
}

function auditLine(entry: AuditEntry, reader: Reader): Html {
  const meta = (entry.meta ?? {}) as Record<string, unknown>
  const by = String(meta.by ?? '')
  const who = by === 'owner' ? 'you' : by === 'system' ? 'the board' : by.replace(/^agent:/, '🤖 ')
  const target = nameOf(entry, meta)
  return html`${clock(entry.createdAt, reader.timeZone)} ${target !== null && html`<b>${target}</b> `}${clip(whatHappened(entry, meta, reader), 160)} · ${who}`
}

function nameOf(entry: AuditEntry, meta: Record<string, unknown>): string | null {
  if (entry.targetType === 'task' || entry.targetType === 'project') return entry.targetId
  if (entry.targetType === 'label') {
    const label = (meta.label ?? {}) as { name?: string }
    return String(meta.name ?? label.name ?? (meta.after as { name?: string } | undefined)?.name ?? 'a label')
  }
  if (entry.targetType === 'token') return String(meta.name ?? 'a token')
  if (entry.targetType === 'worklog') return typeof meta.taskKey === 'string' ? meta.taskKey : null
  return null
}

const words: Readonly<Record<string, string>> = {
  'task.create': 'created',
  'task.delete': 'deleted',
  'task.claim': 'taken by an agent',
  'task.start': 'started',
  'task.heartbeat': 'sign of life',
  'task.comment': 'comment',
  'task.result': 'result',
  'task.queue': 'queued',
  'task.release': 'released',
  'task.project': 'moved to another project',
  'project.create': 'project created',
  'project.delete': 'project deleted',
  'project.restore': 'project restored',
  'label.create': 'label created',
  'label.delete': 'label deleted',
  'label.merge': 'label merged',
  'token.create': 'token created',
  'token.revoke': 'token revoked',
  'chat.bind': 'chat bound',
  'chat.unbind': 'chat released',
  'chat.move': 'chat moved to a supergroup',
  'worklog.create': 'work logged',
}

/** What a change came to, in a few words. */
export function whatHappened(entry: AuditEntry, meta: Record<string, unknown>, reader: Reader): string {
  if (entry.action === 'undo') return `undone: ${words[String(meta.action)] ?? 'a change'}`
  if (meta.botId !== undefined) return 'bot token kept'
  const known = words[entry.action]
  const changes = changesOf(meta, reader)
  if (known !== undefined) return known
  return changes.length === 0 ? 'changed' : changes.join(', ')
}

const fieldWords: Readonly<Record<string, string>> = {
  dueAt: 'due',
  focusedAt: 'focus',
  runState: 'agent',
  repoUrl: 'repository',
  vercelUrl: 'deployment',
  bgImage: 'picture',
  timeZone: 'time zone',
  digestTime: 'digest',
  digestEnabled: 'digest',
  quietHours: 'quiet hours',
  notifyNeedsYou: 'news that needs you',
  notifyFinished: 'news of finished work',
  notifyInfo: 'other news',
  defaultProject: 'default project',
  lastProject: 'last project',
  mutedProjects: 'muted projects',
  staleAfterMinutes: 'stuck after',
  queuedAfterMinutes: 'queued for too long after',
  keepEventsDays: 'days that events are kept',
  runner: 'runner',
  runnerChat: 'chat of the runner',
  runnerBot: 'bot of the runner',
  projectTopics: 'topics of projects',
  agent_instructions: 'agent instructions',
  deploy_strategy: 'strategy',
  deploy_default_branch: 'default branch',
  deploy_auto_pr: 'pull request',
  deploy_commit_on_review: 'commit when ready',
  deploy_squash_merge: 'squash on merge',
}
// Each goes with another field that says the same in words.
const silentFields = [
  'sortOrder',
  'archivedAt',
  'runStateUpdatedAt',
  'bgImageCredit',
  'deletedAt',
  'digestLastDate',
]
const longFields = ['note', 'description', 'agent_instructions']

// jsonb keeps no order of its keys; what says most comes first.
const firstFields = ['title', 'status', 'runState', 'priority', 'labels', 'dueAt']

function rankOf(field: string): number {
  const rank = firstFields.indexOf(field)
  return rank < 0 ? firstFields.length : rank
}

function changesOf(meta: Record<string, unknown>, reader: Reader): string[] {
  const before = (meta.before ?? {}) as Record<string, unknown>
  const after = (meta.after ?? {}) as Record<string, unknown>
  const fields = Object.keys(after).filter((field) => !silentFields.includes(field))
  const shown = fields
    .filter((field) => field !== 'runState' || before[field] !== after[field])
    .sort((left, right) => rankOf(left) - rankOf(right))
  if (shown.length === 0) return Object.keys(after).includes('sortOrder') ? ['moved within its lane'] : []
  return shown.map((field) => {
    const name = fieldWords[field] ?? field
    if (longFields.includes(field)) return `${name} rewritten`
    const change = `${valueText(field, before[field], reader)} → ${valueText(field, after[field], reader)}`
    // The names of statuses speak for themselves.
    return field === 'status' ? change : `${name} ${change}`
  })
}

const named: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  status: statusName,
  priority: priorityName,
  engine: engineName,
  runState: runName,
}

function valueText(field: string, value: unknown, { now, timeZone }: Reader): string {
  if (value === null || value === undefined || value === '') return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ')
  if (typeof value === 'boolean' || value === 'true' || value === 'false')
    return String(value) === 'true' ? 'on' : 'off'
  const text = String(value)
  if (/^\d{4}-\d\d-\d\dT/.test(text))
    return field === 'focusedAt' ? 'pinned' : dueText(new Date(text), now, timeZone)
  return named[field]?.[text] ?? clip(text, 60)
}
