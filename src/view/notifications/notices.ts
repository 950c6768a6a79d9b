import { deletionsAnHour } from '../../domain/tasks/removal/deletion-limit.ts'
import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, code, html, joinHtml } from '../kit/html.ts'
import { agentsScreen, revokeTokenScreen, securityScreen } from '../kit/links.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { clock, day, span, type Viewer } from '../kit/when.ts'

/** Lets an agent delete more for an hour. */
export const allowDeletionsTap = defineAct('allow-deletions', { tokenId: field.text })

/** For a token that is about to expire. */
export function tokenNotice(
  token: { readonly name: string; readonly expiresAt: Date },
  { now, timeZone }: Viewer,
): Card {
  const { name, expiresAt } = token
  const when = `${day(expiresAt, now, timeZone)}, ${clock(expiresAt, timeZone)}`
  return {
    text: html`${signs.token} Token ${bold(name)} expires in ${span(now, expiresAt)} (${when}).\nAgents using it will lose access.`,
    keyboard: keyboard([[button(`${signs.agents} Agents and tokens`, agentsScreen)]]),
  }
}

/** Blocked access attempts by kind. */
export type SecurityCounts = Readonly<Record<string, number>>

/** Counts the access attempts blocked since `since`. */
export function securityNotice(
  counts: SecurityCounts,
  { since, now, timeZone }: Viewer & { readonly since: Date },
): Card {
  const lines = Object.entries(counts).map(
    ([what, count]) => html`• ${(attemptTexts[what] ?? attemptText)(count)}`,
  )
  const start = `${day(since, now, timeZone)}, ${clock(since, timeZone)}`
  return {
    text: joinHtml(
      [html`${signs.security} ${bold('Blocked access attempts')} since ${start}`, ...lines],
      '\n',
    ),
    keyboard: keyboard([[button('Details', securityScreen, { before: '' })]]),
  }
}

const attemptText = (count: number) => counted(count, 'failed attempt')
const attemptTexts: Readonly<Record<string, (count: number) => string>> = {
  'auth.token': (count) => `${counted(count, 'request')} with an invalid token`,
  'auth.webhook': (count) => `${counted(count, 'webhook call')} with a wrong secret`,
  'auth.metrics': (count) => `${counted(count, 'request')} for metrics with a wrong token`,
  'chat.bind': (count) => `${counted(count, 'attempt')} to claim this bot`,
  'chat.stranger': (count) => `${counted(count, 'message')} from strangers (ignored)`,
}

/** For an agent that reached its hourly limit of deletions. */
export function deletionLimitNotice(token: { readonly tokenId: string; readonly name: string }): Card {
  return {
    text: html`${signs.delete} ${bold(token.name)} wants to delete more. It has deleted ${counted(deletionsAnHour, 'task')} within an hour, and its next attempt was refused.`,
    keyboard: keyboard([
      [
        button('Allow for an hour', allowDeletionsTap, { tokenId: token.tokenId }),
        button('Revoke token', revokeTokenScreen, { id: token.tokenId }),
      ],
    ]),
  }
}

/** Replaces `deletionLimitNotice` once the owner allows more deletions. */
export function deletionsAllowedCard(
  token: { readonly tokenId: string; readonly name: string; readonly until: Date },
  { timeZone }: Pick<Viewer, 'timeZone'>,
): Card {
  return {
    text: html`${signs.done} ${bold(token.name)} may delete as many tasks as it wants until ${clock(token.until, timeZone)}.`,
    keyboard: keyboard([[button('Revoke token', revokeTokenScreen, { id: token.tokenId })]]),
  }
}

/** For a token used from a new address. */
export function newAddressNotice(use: { readonly token: string; readonly address: string | null }): Card {
  return {
    text: html`${signs.security} Token ${bold(use.token)} was used from a new address: ${use.address ?? 'unknown'}.\nNot you? Revoke it.`,
    keyboard: keyboard([
      [
        button(`${signs.agents} Agents and tokens`, agentsScreen),
        button('Details', securityScreen, { before: '' }),
      ],
    ]),
  }
}

/** For another program that receives this bot's updates; `by` is how we receive them. */
export function conflictNotice(webhook: string, by: 'polling' | 'webhook'): Card {
  const deleted = by === 'polling' ? '' : ' It deleted my webhook.'
  const other = webhook === '' ? deleted : html` It set the webhook ${code(webhook)}.`
  return {
    text: html`${signs.problem} ${bold("Another program is using this bot's token")}, so I may miss your messages.${other}\nStop it, or revoke the token in @BotFather.`,
  }
}
