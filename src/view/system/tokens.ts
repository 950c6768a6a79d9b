import type { Engine, TokenRights } from '../../domain/access/tokens.ts'
import { askButton, button } from '../kit/buttons.ts'
import { defineAct, defineScreen, field } from '../kit/callbacks.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, code, html, joinHtml } from '../kit/html.ts'
import { agentsScreen, newTokenScreen, revokeTokenScreen } from '../kit/links.ts'
import { engineName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { ago, day } from '../kit/when.ts'
import { type AgentAccess, agentKinds, connectBlock, firstStep } from './connect.ts'

export const tokenScreen = defineScreen('token', { id: field.text })
export const createTokenTap = defineAct('token-make', {}, { days: field.text })
export const revokeTokenTap = defineAct('token-revoke', { id: field.text })
/** Deletes the message that shows a token. */
export const deleteMessageTap = defineAct('forget')

/** What the chat shows of an agent's token; never the token itself. */
export interface TokenFacts {
  readonly id: string
  readonly name: string
  readonly tokenPrefix: string
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly createdAt: Date
  /** Absent if the rights weren't read; null for a token created before rights existed. */
  readonly rights?: TokenRights | null
  readonly projectKeys?: readonly string[] | null
  readonly engine?: Engine | null
}

/** Asks which agent a new token is for. */
export function tokenNameCard(): Card {
  const buttons = agentKinds.map((name) =>
    name === 'Other' ? askButton(name, 'token-name') : button(name, newTokenScreen, { agent: name }),
  )
  return {
    text: html`${signs.token} ${bold('Which agent is this for?')}\nThe name appears next to everything it does.`,
    keyboard: keyboard([...inRows(buttons, 2), [button(`${signs.back} Agents`, agentsScreen)]]),
  }
}

/** The lifetimes to choose from, in days; null never expires. */
export const tokenSpans = [null, 30, 90, 365] as const

/** Asks when the token should expire. */
export function tokenSpanCard(name: string): Card {
  const spans = tokenSpans.map((days) =>
    button(days === null ? 'Never' : days === 365 ? '1 year' : `${days} days`, createTokenTap, {
      days: String(days ?? 0),
    }),
  )
  return {
    text: html`${signs.token} When should ${bold(name)}'s token expire?`,
    keyboard: keyboard([...inRows(spans, 2), [button(`${signs.back} Back`, newTokenScreen, { agent: '' })]]),
  }
}

/** Replaces the question once the token is created. */
export function tokenMadeCard(token: TokenFacts): Card {
  return {
    text: html`${signs.token} Token for ${bold(token.name)} created. You'll see it only once, below.`,
    keyboard: keyboard([
      [
        button('About this token', tokenScreen, { id: token.id }),
        button(`${signs.agents} Agents`, agentsScreen),
      ],
    ]),
  }
}

/** Shows the token, once, and how to connect its agent. Outside the owner's chat, its buttons only copy. */
export function secretCard(
  name: string,
  access: AgentAccess,
  { isElsewhere = false }: { readonly isElsewhere?: boolean } = {},
): Card {
  const { text, words } = firstStep(name)
  return {
    text: joinHtml(
      [
        html`${signs.token} ${bold(`${name}'s token`)}\n${code(access.token)}\nSave it now – it can't be shown again.`,
        html`1. ${connectBlock(name, access)}`,
        html`2. ${text}`,
        isElsewhere
          ? "Delete this message when you're done."
          : `${signs.queued} Waiting for its first request…`,
      ],
      '\n\n',
    ),
    keyboard: keyboard([
      [{ label: 'Copy token', copies: access.token }],
      words === null ? [] : [{ label: 'Copy what to say', copies: words }],
      isElsewhere ? [] : [button(`${signs.delete} Delete this message`, deleteMessageTap)],
    ]),
  }
}

/** Replaces the token once its agent has made its first request. */
export function connectedCard(name: string, tokenId: string): Card {
  const { text, words } = firstStep(name)
  return {
    text: html`${signs.done} ${bold(name)} is connected.\n${text}`,
    keyboard: keyboard([
      words === null ? [] : [{ label: 'Copy what to say', copies: words }],
      [
        button('About this token', tokenScreen, { id: tokenId }),
        button(`${signs.agents} Agents`, agentsScreen),
      ],
    ]),
  }
}

/** Sent to a group: links to the private chat, the only place where a token is shown. */
export function tokenLinkCard(name: string, link: string): Card {
  return {
    text: html`${signs.token} I don't post tokens in a group. Get ${bold(name)}'s token in our private chat; the link works once, for an hour.`,
    keyboard: keyboard([
      [{ label: `${signs.token} Get the token`, url: link }],
      [button(`${signs.agents} Agents`, agentsScreen)],
    ]),
  }
}

/** For a link that has been used or has expired. */
export function tokenLinkGoneCard(): Card {
  return {
    text: html`${signs.token} That link has expired. Get a new one from ${signs.agents} Agents in your board's chat.`,
  }
}

/** Shows a token's creation, expiry and last use. */
export function tokenCard(
  token: TokenFacts,
  viewer: { readonly now: Date; readonly timeZone: string },
): Card {
  const { now, timeZone } = viewer
  const lines = [
    html`${signs.token} ${bold(token.name)} · ${code(`${token.tokenPrefix}…`)}`,
    html`Created ${day(token.createdAt, now, timeZone)}`,
    token.lastUsedAt === null ? html`Never used` : html`Last used ${ago(token.lastUsedAt, now)}`,
    endLine(token, viewer),
    grantLine(token),
  ]
  const isRevoked = token.revokedAt !== null
  return {
    text: joinHtml(lines.filter(Boolean), '\n'),
    keyboard: keyboard([
      isRevoked
        ? []
        : [{ ...button('Revoke', revokeTokenScreen, { id: token.id }), style: 'danger' as const }],
      [button(`${signs.back} Agents`, agentsScreen)],
    ]),
  }
}

function grantLine({ rights, projectKeys, engine }: TokenFacts) {
  if (rights === undefined) return null
  const may = rights === 'work' ? 'Works on tasks' : 'Works on, accepts and deletes tasks'
  const where = projectKeys ? `in ${projectKeys.join(', ')}` : 'in every project'
  return html`${may} ${where}${engine && ` · ${engineName[engine]}`}`
}

function endLine(token: TokenFacts, { now, timeZone }: { readonly now: Date; readonly timeZone: string }) {
  if (token.revokedAt !== null) return html`Revoked ${ago(token.revokedAt, now)}`
  if (token.expiresAt === null) return html`Never expires`
  return html`${token.expiresAt <= now ? 'Expired' : 'Expires'} ${day(token.expiresAt, now, timeZone)}`
}

/** Asks once before a token is revoked. */
export function revokeCard(token: TokenFacts): Card {
  return {
    text: html`Revoke ${bold(token.name)}'s token? The agent loses access immediately. This can't be undone.`,
    keyboard: keyboard([
      [
        button('Revoke', revokeTokenTap, { id: token.id }, 'danger'),
        button('Keep', tokenScreen, { id: token.id }),
      ],
    ]),
  }
}

export function tokenGoneCard(): Card {
  return {
    text: html`${signs.token} No such token.`,
    keyboard: keyboard([[button(`${signs.agents} Agents`, agentsScreen)]]),
  }
}

/** For a token that was created but not shown before the process died. */
export function tokenLostCard(name: string): Card {
  return {
    text: html`${signs.token} I restarted while creating ${bold(name)}'s token. If it isn't below, revoke it and create a new one.`,
    keyboard: keyboard([[button(`${signs.agents} Agents`, agentsScreen)]]),
  }
}
