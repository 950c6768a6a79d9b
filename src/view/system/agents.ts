import { minuteMs } from '../../domain/core/durations.ts'
import type { TaskStatus } from '../../domain/core/task-values.ts'
import { isOnline, limitsAt, type RunnerFacts } from '../../domain/runs/runner-list.ts'
import type { PermissionSettings } from '../../domain/settings/settings.ts'
import { button, pageButtons, pageOf } from '../kit/buttons.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, type Html, html, italic, joinHtml, shorten, title } from '../kit/html.ts'
import { agentsScreen, newTokenScreen } from '../kit/links.ts'
import { counted, engineName, runSign } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { ago, span, type Viewer } from '../kit/when.ts'
import { openTap } from '../tasks/callbacks.ts'
import { timeText } from '../tasks/runs/run-texts.ts'
import { permissionsLine, permissionsScreen, rulesLabel, rulesScreen } from './permissions.ts'
import { type TokenFacts, tokenScreen } from './tokens.ts'

/** A task that is queued for an agent or being worked on. */
export interface RunLine {
  readonly key: string
  readonly title: string
  readonly status: TaskStatus
  readonly runner: string | null
  /** When the agent started it, or when it was queued. */
  readonly since: Date
  /** The agent's last heartbeat. */
  readonly seen: Date
}

const tokensAPage = 6
const runsShown = 8

/** Shows who is working on what, what is queued, and the agents' tokens. */
export function agentsCard(facts: {
  readonly running: readonly RunLine[]
  readonly queued: readonly RunLine[]
  readonly runners: readonly RunnerFacts[]
  readonly tokens: readonly TokenFacts[]
  /** How many sessions each token had within the hour, by token ID. */
  readonly sessions: ReadonlyMap<string, number>
  readonly permissions: PermissionSettings
  /** How many uses of tools are allowed for the rest of a session. */
  readonly ruleCount: number
  readonly page: number
  readonly viewer: Viewer
}): Card {
  const { running, queued, runners, tokens, sessions, permissions, ruleCount, viewer } = facts
  const { now } = viewer
  const { shown, page, pages } = pageOf(tokens, facts.page, tokensAPage)
  const parts = [
    html`${signs.agents} ${bold('Agents')}`,
    running.length === 0 ? html`No agent is working.` : list('Working', running, (run) => workLine(run, now)),
    queued.length > 0 &&
      list(
        'Queued',
        queued,
        (run) => html`${runSign.queued} <b>${run.key}</b> ${title(run.title, 50)} · ${span(run.since, now)}`,
      ),
    runners.length > 0 &&
      joinHtml([bold('Runners'), ...runners.map((runner) => runnerLine(runner, viewer))], '\n'),
    tokens.length === 0
      ? html`No agents connected yet.`
      : joinHtml(
          [bold('Tokens'), ...shown.map((token) => tokenLine(token, sessions.get(token.id) ?? 0, now))],
          '\n',
        ),
    permissionsLine(permissions),
  ]
  const open: Button[] = [...running, ...queued].slice(0, 6).map(({ key }) => button(key, openTap, { key }))
  return {
    text: joinHtml(parts.filter(Boolean), '\n\n'),
    keyboard: keyboard([
      ...inRows(open, 3),
      ...inRows(
        shown.map((token) =>
          button(`${signs.token} ${shorten(token.name, 24)}`, tokenScreen, { id: token.id }),
        ),
        2,
      ),
      pageButtons({ page, pages }, (to) => agentsScreen.encode({ page: to })),
      [
        button('Permissions', permissionsScreen),
        ...(ruleCount === 0 ? [] : [button(rulesLabel(ruleCount), rulesScreen)]),
      ],
      [button(`${signs.connect} Connect an agent`, newTokenScreen, { agent: '' })],
      [button(`${signs.refresh} Refresh`, agentsScreen)],
    ]),
  }
}

function list(name: string, runs: readonly RunLine[], line: (run: RunLine) => Html): Html {
  const rest = runs.length - runsShown
  return joinHtml(
    [bold(name), ...runs.slice(0, runsShown).map(line), rest > 0 && `… and ${counted(rest, 'more', 'more')}`],
    '\n',
  )
}

function workLine({ key, title: words, runner, since, seen }: RunLine, now: Date): Html {
  const silent = now.getTime() - seen.getTime() > 30 * minuteMs
  return html`${runSign.running} <b>${key}</b> ${title(words, 50)}
${italic(html`${runner ?? 'An agent'} for ${span(since, now)}${silent && `, silent for ${span(seen, now)}`}`)}`
}

function runnerLine(runner: RunnerFacts, viewer: Viewer): Html {
  const { name, host, busy, max, engines, lastSeenAt } = runner
  const { now } = viewer
  const limits = limitsAt(runner, now)
  const state = isOnline(runner, now)
    ? `online · ${busy} of ${max} busy`
    : `offline, last heard ${ago(lastSeenAt, now)}`
  const names = engines.map((engine) => {
    const limit = limits.find((one) => one.engine === engine)
    return `${engineName[engine]}${limit === undefined ? '' : ` from ${timeText(limit.until, viewer)}`}`
  })
  return html`${signs.runner} ${bold(title(name, 40))} on ${title(host, 40)} · ${state}
${italic(names.join(', '))}`
}

function tokenLine(token: TokenFacts, sessions: number, now: Date): Html {
  const state =
    token.revokedAt !== null
      ? 'revoked'
      : token.expiresAt !== null && token.expiresAt <= now
        ? 'expired'
        : token.lastUsedAt === null
          ? 'never used'
          : `used ${ago(token.lastUsedAt, now)}`
  // One session is normal and not shown.
  const several = sessions > 1 && ` · ${counted(sessions, 'session')}`
  return html`${signs.token} ${token.name} · ${state}${several}`
}
