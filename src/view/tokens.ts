import { doesAct, toScreen } from './buttons.ts'
import { type Card, inRows, keyboard } from './card.ts'
import { agentKinds, connectBlock } from './connect.ts'
import { bold, code, html, joinHtml } from './html.ts'
import { ago, day } from './when.ts'

/** What is shown of an agent's token; the token itself is not among it. */
export interface TokenFacts {
  readonly id: string
  readonly name: string
  readonly tokenPrefix: string
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly createdAt: Date
}

/** Asks whom a new token is for. */
export function tokenNameCard(): Card {
  const names = agentKinds.map((name) => toScreen(name, 'new-token', name))
  return {
    text: html`🔑 ${bold('Who is the token for?')}\nIts name stands beside everything that this agent does.`,
    keyboard: keyboard([
      ...inRows(names, 2),
      [doesAct('✏️ Another name', { name: 'ask', about: 'token-name' })],
      [toScreen('‹ Agents', 'agents')],
    ]),
  }
}

/** How long a token may be good for, in days; null is for good. */
export const tokenSpans = [null, 30, 90, 365] as const

/** Asks how long the token shall be good for. */
export function tokenSpanCard(name: string): Card {
  const spans = tokenSpans.map((days) =>
    doesAct(days === null ? 'Until revoked' : days === 365 ? '1 year' : `${days} days`, {
      name: 'token-make',
      value: String(days ?? 0),
    }),
  )
  return {
    text: html`🔑 How long is the token of ${bold(name)} good for?`,
    keyboard: keyboard([...inRows(spans, 2), [toScreen('‹ Back', 'new-token')]]),
  }
}

/** Stands where the question was, once the token is made. */
export function tokenMadeCard(token: TokenFacts): Card {
  return {
    text: html`🔑 The token of ${bold(token.name)} is made. It is shown below, only this once.`,
    keyboard: keyboard([[toScreen('About this token', 'token', token.id), toScreen('🤖 Agents', 'agents')]]),
  }
}

/** The token itself, shown once, with the lines that connect an agent. */
export function secretCard(name: string, access: { readonly url: string; readonly token: string }): Card {
  return {
    text: html`🔑 ${bold(`Token of ${name}`)}
${code(access.token)}
I keep no copy. Store it, then delete this message.

${connectBlock(name, access)}`,
    keyboard: keyboard([
      [{ label: '📋 Copy the token', copies: access.token }],
      [doesAct('🗑 Delete this message', { name: 'forget' })],
    ]),
  }
}

/** One token: since when, until when, last use. */
export function tokenCard(
  token: TokenFacts,
  reader: { readonly now: Date; readonly timeZone: string },
): Card {
  const { now, timeZone } = reader
  const lines = [
    html`🔑 ${bold(token.name)} · ${code(`${token.tokenPrefix}…`)}`,
    html`Created ${day(token.createdAt, now, timeZone)}`,
    token.lastUsedAt === null ? html`Never used` : html`Last used ${ago(token.lastUsedAt, now)}`,
    endLine(token, reader),
  ]
  const dead = token.revokedAt !== null
  return {
    text: joinHtml(lines, '\n'),
    keyboard: keyboard([
      dead ? [] : [{ ...toScreen('Revoke', 'token-revoke', token.id), style: 'danger' as const }],
      [toScreen('‹ Agents', 'agents')],
    ]),
  }
}

function endLine(token: TokenFacts, { now, timeZone }: { readonly now: Date; readonly timeZone: string }) {
  if (token.revokedAt !== null) return html`Revoked ${ago(token.revokedAt, now)}`
  if (token.expiresAt === null) return html`Good until it is revoked`
  return html`${token.expiresAt <= now ? 'Expired' : 'Good until'} ${day(token.expiresAt, now, timeZone)}`
}

/** Asks once before a token is revoked. */
export function revokeCard(token: TokenFacts): Card {
  return {
    text: html`Revoke the token of ${bold(token.name)}? Its agent is shut out at once, for good.`,
    keyboard: keyboard([
      [
        doesAct('Revoke', { name: 'token-revoke', about: token.id }, 'danger'),
        toScreen('Keep', 'token', token.id),
      ],
    ]),
  }
}

export function tokenGoneCard(): Card {
  return { text: html`🔑 There is no such token.`, keyboard: keyboard([[toScreen('🤖 Agents', 'agents')]]) }
}

/** Says that the process died between making a token and showing it. */
export function tokenLostCard(name: string): Card {
  return {
    text: html`🔑 I was restarted while I made the token of ${bold(name)}. If you do not see it below, revoke it and make another.`,
    keyboard: keyboard([[toScreen('🤖 Agents', 'agents')]]),
  }
}
