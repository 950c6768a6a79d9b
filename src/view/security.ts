import type { SecurityEventRow } from '../domain/security.ts'
import { toScreen } from './buttons.ts'
import { packUuid } from './callbacks.ts'
import { type Card, keyboard } from './card.ts'
import { bold, clip, code, type Html, html, joinHtml } from './html.ts'
import { clock, day, type Reader } from './when.ts'

/** A page of what touched who may do what, newest first. */
export function securityCard(
  trail: { readonly entries: readonly SecurityEventRow[]; readonly nextCursor: string | null },
  options: Reader & { readonly isFirst: boolean },
): Card {
  const lines = trail.entries.map((event) => securityLine(event, options))
  return {
    text: joinHtml(
      [html`🛡 ${bold('Security')}`, ...(lines.length === 0 ? ['Nothing has happened.'] : lines)],
      '\n',
    ),
    keyboard: keyboard([
      [
        ...(options.isFirst ? [] : [toScreen('‹ Newest', 'security')]),
        ...(trail.nextCursor === null ? [] : [toScreen('Older ›', 'security', packUuid(trail.nextCursor))]),
      ],
    ]),
  }
}

function securityLine(event: SecurityEventRow, { now, timeZone }: Reader): Html {
  const detail = (event.detail ?? {}) as Record<string, unknown>
  const times = typeof detail.count === 'number' && detail.count > 1 ? ` (${detail.count} times)` : ''
  const from = event.ipAddress === null ? null : html` from ${code(event.ipAddress)}`
  const sign = event.outcome === 'failure' ? '⚠️' : '✅'
  return html`${sign} ${day(event.createdAt, now, timeZone)} ${clock(event.createdAt, timeZone)} ${clip(whatHappened(event, detail), 120)}${from}${times}`
}

function whatHappened(event: SecurityEventRow, detail: Record<string, unknown>): string {
  const failed = event.outcome === 'failure'
  switch (event.eventType) {
    case 'auth.token':
      if (!failed) return `first use of the token ${textOf(detail.name ?? detail.token ?? '')}`.trim()
      return `a token was refused${typeof detail.reason === 'string' ? `: ${detail.reason}` : ''}`
    case 'auth.webhook':
      return 'a webhook call with a wrong secret'
    case 'auth.metrics':
      return 'a request for metrics with a wrong token'
    case 'chat.bind':
      return failed
        ? 'somebody tried to bind the bot to another chat'
        : detail.unbound === true
          ? 'a chat was released'
          : 'this chat was bound'
    case 'chat.stranger':
      return `${strangerName(detail)} ${strangerDid[textOf(detail.kind)] ?? 'tried to reach me'}, and got no answer`
    default:
      return event.eventType
  }
}

const strangerDid: Readonly<Record<string, string>> = {
  message: 'wrote to me',
  edited_message: 'wrote to me',
  callback_query: 'pressed a button',
  inline_query: 'asked me inline',
}

function strangerName(detail: Record<string, unknown>): string {
  const name = textOf(detail.userName)
  if (name !== '') return `@${name}`
  const id = textOf(detail.userId)
  return id === '' ? 'Somebody' : `Stranger ${id}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
