import type { SecurityEventRow } from '../../domain/access/security.ts'
import { button } from '../kit/buttons.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, code, type Html, html, joinHtml, shorten } from '../kit/html.ts'
import { securityScreen } from '../kit/links.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { clock, day, type Viewer } from '../kit/when.ts'

/** One page of security events, newest first. */
export function securityCard(
  page: { readonly entries: readonly SecurityEventRow[]; readonly nextCursor: string | null },
  options: Viewer & { readonly isFirst: boolean },
): Card {
  const lines = page.entries.map((event) => securityLine(event, options))
  return {
    text: joinHtml(
      [
        html`${signs.security} ${bold('Security')}`,
        ...(lines.length === 0 ? ['No security events.'] : lines),
      ],
      '\n',
    ),
    keyboard: keyboard([
      [
        ...(options.isFirst ? [] : [button(`${signs.back} Newest`, securityScreen, { before: null })]),
        ...(page.nextCursor === null
          ? []
          : [button(`Older ${signs.next}`, securityScreen, { before: page.nextCursor })]),
      ],
    ]),
  }
}

function securityLine(event: SecurityEventRow, { now, timeZone }: Viewer): Html {
  const detail = (event.detail ?? {}) as Record<string, unknown>
  const count = typeof detail.count === 'number' ? detail.count : 1
  const total = typeof detail.total === 'number' && detail.total > count ? `, ${detail.total} in all` : ''
  const times = count > 1 || total !== '' ? ` (${counted(count, 'time')}${total})` : ''
  const from = event.ipAddress === null ? null : html` from ${code(event.ipAddress)}`
  const sign = event.outcome === 'failure' ? `${signs.problem} ` : ''
  return html`${sign}${day(event.createdAt, now, timeZone)} ${clock(event.createdAt, timeZone)} ${shorten(whatHappened(event, detail), 120)}${from}${times}`
}

function whatHappened(event: SecurityEventRow, detail: Record<string, unknown>): string {
  const failed = event.outcome === 'failure'
  switch (event.eventType) {
    case 'auth.token':
      if (!failed)
        return `Token ${textOf(detail.name ?? detail.token ?? '')} ${Number(detail.knownAddresses ?? 0) > 0 ? 'used from a new address' : 'first used'}`
      return `Token rejected${typeof detail.reason === 'string' ? ` (${detail.reason})` : ''}`
    case 'auth.webhook':
      return 'Webhook call with a wrong secret'
    case 'auth.metrics':
      return 'Metrics request with a wrong token'
    case 'chat.bind':
      return failed
        ? 'Someone tried to claim this bot'
        : detail.unbound === true
          ? 'Chat unlinked'
          : 'This chat was linked'
    case 'token.revoke':
      return `Revoked token ${textOf(detail.name)}, made in the playground`
    case 'chat.stranger':
      return typeof detail.users === 'number'
        ? `Ignored updates from ${detail.users} more users`
        : `Ignored ${strangerDid[textOf(detail.kind)] ?? 'an update'} from ${strangerName(detail)}`
    default:
      return event.eventType
  }
}

const strangerDid: Readonly<Record<string, string>> = {
  message: 'a message',
  edited_message: 'an edit',
  callback_query: 'a button press',
  inline_query: 'an inline search',
}

function strangerName(detail: Record<string, unknown>): string {
  const name = textOf(detail.userName)
  if (name !== '') return `@${name}`
  const id = textOf(detail.userId)
  return id === '' ? 'someone' : `user ${id}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
