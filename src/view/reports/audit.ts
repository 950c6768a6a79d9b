import type { AuditRecord } from '../../domain/core/audit/audit-record.ts'
import { button } from '../kit/buttons.ts'
import { defineAct, defineScreen, field } from '../kit/callbacks.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml, title } from '../kit/html.ts'
import { undoOn } from '../kit/links.ts'
import { signs } from '../kit/signs.ts'
import { clock, day, type Viewer } from '../kit/when.ts'
import { openTap } from '../tasks/callbacks.ts'
import { changesOf } from './audit-changes.ts'

const auditSign = '📜'

export const auditScreen = defineScreen('audit', { about: field.text, before: field.orNone(field.uuid) }, ':')
/** Undoes a change in the list, however old it is. */
export const auditUndoTap = undoOn('audit', defineAct('audit-undo', { audit: field.uuid }))

/**
 * Shows one page of the audit log, newest first, grouped by day. Entries in `undoable` are numbered and have a button.
 * `about` is the key it's filtered by, or empty.
 */
export function auditCard(
  page: {
    readonly entries: readonly AuditRecord[]
    readonly nextCursor: string | null
    readonly undoable: ReadonlySet<string>
  },
  options: Viewer & { readonly about: string; readonly isFirst: boolean },
): Card {
  const { about, isFirst } = options
  const head = html`${auditSign} ${bold(about === '' ? 'Change history' : `Change history of ${about}`)}`
  const undoable = page.entries.filter(({ id }) => page.undoable.has(id))
  const lines: Html[] = []
  let shownDay = ''
  for (const entry of page.entries) {
    const of = day(entry.createdAt, options.now, options.timeZone)
    if (of !== shownDay) lines.push(html`\n<b>${of}</b>`)
    shownDay = of
    const number = undoable.indexOf(entry) + 1
    lines.push(html`${number > 0 && `${number}. `}${auditLine(entry, options)}`)
  }
  return {
    text: joinHtml([head, ...(lines.length === 0 ? ['No changes yet.'] : lines)], '\n'),
    keyboard: keyboard([
      ...inRows(
        undoable.map(({ id }, index) => button(`${signs.undo} ${index + 1}`, auditUndoTap, { audit: id })),
        6,
      ),
      [
        ...(isFirst ? [] : [button(`${signs.back} Newest`, auditScreen, { about, before: null })]),
        ...(page.nextCursor === null
          ? []
          : [button(`Older ${signs.next}`, auditScreen, { about, before: page.nextCursor })]),
      ],
      /^[A-Z][A-Z0-9]*-\d+$/.test(about) ? [button(`Open ${about}`, openTap, { key: about })] : [],
    ]),
  }
}

function auditLine(entry: AuditRecord, viewer: Viewer): Html {
  const target = targetName(entry)
  return html`${clock(entry.createdAt, viewer.timeZone)} ${target !== null && html`<b>${target}</b> `}${title(changeText(entry, viewer), 160)}`
}

function targetName(entry: AuditRecord): string | null {
  switch (entry.action) {
    case 'label.create':
    case 'token.create':
    case 'token.revoke':
    case 'token.deletion-limit':
    case 'token.allow-deletions':
    case 'limit.lift':
      return entry.meta.name
    case 'label.rename':
    case 'label.color':
      return entry.meta.after.name ?? 'a label'
    case 'label.delete':
    case 'label.merge':
      return entry.meta.label.name
    case 'worklog.create':
    case 'worklog.fetch':
      return entry.meta.taskKey
    case 'undo':
      return entry.meta.name ?? nameOfTarget(entry)
    default:
      return nameOfTarget(entry)
  }
}

function nameOfTarget({ targetType, targetId }: AuditRecord): string | null {
  if (targetType === 'task' || targetType === 'project') return targetId
  if (targetType === 'label') return 'a label'
  return targetType === 'token' ? 'a token' : null
}

/** Describes what happened and who did it: "priority none → high · you", "Claude Code started". */
export function changeText(entry: AuditRecord, viewer: Viewer): string {
  const by = entry.by ?? ''
  const who = by === 'owner' ? 'you' : by === 'system' ? 'preqbot' : by.replace(/^agent:/, '')
  const what = whatHappened(entry, viewer)
  return by.startsWith('agent:') && agentActs.includes(entry.action) ? `${who} ${what}` : `${what} · ${who}`
}

const agentActs = ['task.claim', 'task.start', 'task.heartbeat']

const words: Readonly<Record<string, string>> = {
  'task.create': 'created',
  'task.delete': 'deleted',
  'task.claim': 'started',
  'task.start': 'started',
  'task.heartbeat': 'heartbeat',
  'task.comment': 'comment',
  'task.ask': 'question asked',
  'task.withdraw': 'question withdrawn',
  'task.expire': 'no answer in time',
  'question.ask': 'question asked',
  'question.answer': 'question answered',
  'question.withdraw': 'question withdrawn',
  'question.expire': 'no answer in time',
  'rule.revoke': 'no longer allowed for the session',
  'task.result': 'result',
  'task.queue': 'queued',
  'task.release': 'agent released',
  'task.project': 'moved to another project',
  'project.create': 'project created',
  'project.delete': 'project deleted',
  'project.restore': 'project restored',
  'label.create': 'label created',
  'label.delete': 'label deleted',
  'label.merge': 'label merged',
  'token.create': 'token created',
  'token.revoke': 'token revoked',
  'token.deletion-limit': 'deletion limit reached',
  'token.allow-deletions': 'deletions allowed for an hour',
  'limit.lift': 'engine resumed before its limit ended',
  'chat.bind': 'chat linked',
  'chat.unbind': 'chat unlinked',
  'chat.move': 'chat became a supergroup',
  'worklog.create': 'work logged',
}

function whatHappened(entry: AuditRecord, viewer: Viewer): string {
  switch (entry.action) {
    case 'other':
      return words[entry.name] ?? 'changed'
    case 'undo':
      return `undone: ${words[entry.meta.action] ?? 'a change'}`
    case 'setting.change':
      return entry.meta.botId === undefined ? fieldWords(entry, viewer) : 'bot token saved'
    case 'task.answer':
      return ['question answered', ...changesOf(entry, viewer)].join(', ')
    default:
      return words[entry.action] ?? fieldWords(entry, viewer)
  }
}

function fieldWords(entry: AuditRecord, viewer: Viewer): string {
  return changesOf(entry, viewer).join(', ') || 'changed'
}
