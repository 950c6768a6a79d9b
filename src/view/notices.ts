import type { Task } from '../domain/tasks/task.ts'
import { doesAct, toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, clip, code, type Html, html, joinHtml } from './html.ts'
import { counted } from './names.ts'
import { releaseButton } from './task-moves.ts'
import { clock, day, dueText, type Reader, span } from './when.ts'

/** A card with the line that stands for it in a list. */
export interface Notice {
  readonly card: Card
  readonly line: Html
}

/** A due time has come. */
export function dueNotice(task: Task & { readonly dueAt: Date }, { now, timeZone }: Reader): Notice {
  const { key, title, status } = task
  const isLate = now.getTime() - task.dueAt.getTime() > 5 * 60_000
  const when = isLate ? `Was due ${dueText(task.dueAt, now, timeZone)}` : 'Due now'
  return {
    card: {
      text: html`⏰ ${bold(key)} · ${title}\n${when}`,
      keyboard: keyboard([
        [
          {
            label: 'Done',
            does: { do: 'move', on: 'news', key, from: status, to: 'done' },
            style: 'success',
          },
          { label: 'Tomorrow', does: { do: 'due', on: 'news', key, to: 'tomorrow' } },
          { label: 'Open', does: { do: 'open', key } },
        ],
      ]),
    },
    line: html`⏰ ${bold(key)} ${clip(title, 100)} — ${when.toLowerCase()}`,
  }
}

/** A run gives no sign of life, or nobody took what was queued. */
export function staleRunNotice(
  task: Task,
  run: { readonly since: Date; readonly runner: string | null; readonly now: Date },
): Notice {
  const { key, title } = task
  const age = span(run.since, run.now)
  const what =
    task.runState === 'queued'
      ? html`Queued for ${age}, and no agent has taken it.`
      : html`${bold(run.runner ?? 'The agent')} has given no sign of life for ${age}.`
  return {
    card: {
      text: html`🕰 ${bold(key)} · ${title}\n${what}`,
      keyboard: keyboard([
        [
          doesAct('Nudge', { name: 'nudge', about: key }),
          { ...releaseButton(task, 'news'), label: 'Release' },
          doesAct('Keep waiting', { name: 'keep-waiting', about: key }),
        ],
        [{ label: 'Open', does: { do: 'open', key } }],
      ]),
    },
    line: html`🕰 ${bold(key)} ${clip(title, 80)} — ${task.runState === 'queued' ? 'waits queued' : 'silent'} for ${age}`,
  }
}

/** A token is about to end. */
export function tokenNotice(
  token: { readonly name: string; readonly expiresAt: Date },
  { now, timeZone }: Reader,
): Card {
  const { name, expiresAt } = token
  const when = `${day(expiresAt, now, timeZone)}, ${clock(expiresAt, timeZone)}`
  return {
    text: html`🔑 The token ${bold(name)} expires in ${span(now, expiresAt)}: ${when}.\nAgents that use it stop then.`,
    keyboard: keyboard([[toScreen('🔑 Agents and tokens', 'agents')]]),
  }
}

/** What is counted of who tried the door. */
export type SecurityCounts = Readonly<Record<string, number>>

/** One card that counts what happened at the door since `since`. */
export function securityNotice(
  counts: SecurityCounts,
  { since, now, timeZone }: Reader & { readonly since: Date },
): Card {
  const lines = Object.entries(counts).map(
    ([what, count]) => html`• ${(doorEvents[what] ?? doorEvent)(count)}`,
  )
  const start = `${day(since, now, timeZone)}, ${clock(since, timeZone)}`
  return {
    text: joinHtml([html`🛡 ${bold('At the door')} since ${start}`, ...lines, 'Nobody was let in.'], '\n'),
    keyboard: keyboard([[toScreen('Details', 'security')]]),
  }
}

const doorEvent = (count: number) => counted(count, 'failed attempt')
const doorEvents: Readonly<Record<string, (count: number) => string>> = {
  'auth.token': (count) => `${counted(count, 'request')} with a token that is not valid`,
  'auth.webhook': (count) => `${counted(count, 'webhook call')} with a wrong secret`,
  'auth.metrics': (count) => `${counted(count, 'request')} for the metrics with a wrong token`,
  'chat.bind': (count) => `${counted(count, 'attempt')} to take over this bot`,
  'chat.stranger': (count) => `${counted(count, 'message')} from strangers, who got no answer`,
}

/** A token was used from where it had not been used before. */
export function newAddressNotice(use: { readonly token: string; readonly address: string | null }): Card {
  return {
    text: html`🛡 The token ${bold(use.token)} was used from a new address: ${use.address ?? 'unknown'}.\nIf that was not you, revoke it.`,
    keyboard: keyboard([[toScreen('🔑 Agents and tokens', 'agents'), toScreen('Details', 'security')]]),
  }
}

/**
 * Another program takes the updates of this bot: one with a webhook, or one that polls, of which Telegram tells no more. `by` is how
 * they come to us.
 */
export function conflictNotice(webhook: string, by: 'polling' | 'webhook'): Card {
  const polls =
    by === 'polling'
      ? html`It polls with the same token.`
      : html`It deleted my webhook, as one that polls with the same token does.`
  const other = webhook === '' ? polls : html`It set the webhook ${code(webhook)}.`
  return {
    text: html`⚠️ ${bold('Another program takes what you write to me.')} ${other}\nStop it, or have @BotFather revoke the token and start me with the new one. Until then some of it may not reach me.`,
  }
}
