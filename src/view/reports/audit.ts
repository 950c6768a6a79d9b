import type { listAudit } from '../../domain/reports/audit.ts'
import { doesAct, toScreen } from '../kit/buttons.ts'
import { packUuid } from '../kit/callbacks.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Html, html, joinHtml, title } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import { clock, day, type Reader } from '../kit/when.ts'
import { changesOf } from './audit-changes.ts'

type AuditEntry = Awaited<ReturnType<typeof listAudit>>['entries'][number]

/**
 * One page of the audit log, newest first, grouped by day; those in `undoable` are numbered and have a button. `about` is the key it's
 * filtered by, or empty.
 */
export function auditCard(
  page: {
    readonly entries: readonly AuditEntry[]
    readonly nextCursor: string | null
    readonly undoable: ReadonlySet<string>
  },
  options: Reader & { readonly about: string; readonly isFirst: boolean },
): Card {
  const { about, isFirst } = options
  const head = html`${signs.audit} ${bold(about === '' ? 'Change history' : `Change history of ${about}`)}`
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
        undoable.map(({ id }, index) =>
          doesAct(`${signs.undo} ${index + 1}`, { name: 'audit-undo', about: packUuid(id) }),
        ),
        6,
      ),
      [
        ...(isFirst ? [] : [toScreen(`${signs.back} Newest`, 'audit', `${about}:`)]),
        ...(page.nextCursor === null
          ? []
          : [toScreen(`Older ${signs.next}`, 'audit', `${about}:${packUuid(page.nextCursor)}`)]),
      ],
      /^[A-Z][A-Z0-9]*-\d+$/.test(about)
        ? [{ label: `Open ${about}`, does: { do: 'open', key: about } }]
        : [],
    ]),
  }
}

function auditLine(entry: AuditEntry, reader: Reader): Html {
  const meta = metaOf(entry)
  const target = targetName(entry, meta)
  return html`${clock(entry.createdAt, reader.timeZone)} ${target !== null && html`<b>${target}</b> `}${title(changeText(entry, reader), 160)}`
}

function metaOf(entry: AuditEntry): Record<string, unknown> {
  return (entry.meta ?? {}) as Record<string, unknown>
}

function targetName(entry: AuditEntry, meta: Record<string, unknown>): string | null {
  if (entry.targetType === 'task' || entry.targetType === 'project') return entry.targetId
  if (entry.targetType === 'label') {
    const label = (meta.label ?? {}) as { name?: string }
    return String(meta.name ?? label.name ?? (meta.after as { name?: string } | undefined)?.name ?? 'a label')
  }
  if (entry.targetType === 'token') return String(meta.name ?? 'a token')
  if (entry.targetType === 'worklog') return typeof meta.taskKey === 'string' ? meta.taskKey : null
  return null
}

/** What happened and who did it: "priority none → high · you", "Claude Code started". */
export function changeText(entry: AuditEntry, reader: Reader): string {
  const meta = metaOf(entry)
  const by = String(meta.by ?? '')
  const who = by === 'owner' ? 'you' : by === 'system' ? 'preqbot' : by.replace(/^agent:/, '')
  const what = whatHappened(entry, meta, reader)
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
  'chat.bind': 'chat linked',
  'chat.unbind': 'chat unlinked',
  'chat.move': 'chat became a supergroup',
  'worklog.create': 'work logged',
}

function whatHappened(entry: AuditEntry, meta: Record<string, unknown>, reader: Reader): string {
  if (entry.action === 'undo') return `undone: ${words[String(meta.action)] ?? 'a change'}`
  if (meta.botId !== undefined) return 'bot token saved'
  return words[entry.action] ?? (changesOf(meta, reader).join(', ') || 'changed')
}
