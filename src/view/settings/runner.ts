import type { Engine, TaskStatus } from '../../domain/core/task-values.ts'
import { cleanLine } from '../../domain/core/text.ts'
import { branchProblem } from '../../domain/projects/branch.ts'
import type { RunnerKind } from '../../domain/settings/setting-specs.ts'
import type { RunnerSettings } from '../../domain/settings/settings.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { button } from '../kit/buttons.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, html } from '../kit/html.ts'
import { settingsScreen } from '../kit/links.ts'
import { signs } from '../kit/signs.ts'

/** The part of a task that a runner's line needs. */
export type RunnerTask = Pick<Task, 'key' | 'status' | 'engine' | 'branch'>

// Runners need an engine, even if the task names none.
const defaultEngine: Engine = 'claude-code'

const verbs: Record<TaskStatus, 'plan' | 'implement' | 'review' | null> = {
  inbox: 'plan',
  todo: 'implement',
  hold: 'implement',
  ready: 'review',
  done: null,
  archived: null,
}

/** Builds the line that a runner listens for; null if there is no runner or nothing to do. */
export function runnerLine(task: RunnerTask, runner: Pick<RunnerSettings, 'kind' | 'bot'>): string | null {
  const verb = verbs[task.status]
  if (verb === null) return null
  const engine = task.engine ?? defaultEngine
  const branch = isSendable(task.branch) ? ` branch_name=${quoted(task.branch)}` : ''
  switch (runner.kind) {
    case 'none':
      return null
    case 'openclaw':
      return `!/preqstation dispatch ${verb} ${task.key} using ${engine}${branch}`
    case 'openclaw-skill':
      return `!/skill preqstation-dispatch ${verb} ${task.key} using ${engine}${branch}`
    case 'hermes': {
      const mention = runner.bot === null ? '' : `@${runner.bot}`
      return `/preqstation_dispatch${mention}\ntask_key=${task.key} objective=${verb} engine=${engine}${branch}`
    }
  }
}

// Branches stored before validation may be invalid. A runner creates its own branch if it gets none.
function isSendable(branch: string | null): branch is string {
  return branch !== null && branch !== '' && cleanLine(branch) === branch && branchProblem(branch) === null
}

// Git allows these characters in a branch, and a shell interprets them inside double quotes.
function quoted(branch: string): string {
  return `"${branch.replace(/["$`\\]/g, '\\$&')}"`
}

export const runnerName: Record<RunnerKind, string> = {
  none: 'none',
  openclaw: 'OpenClaw',
  'openclaw-skill': 'OpenClaw, older',
  hermes: 'Hermes',
}

/** Why a task wasn't queued and what to do about it. */
export interface RunnerRefusal {
  readonly key: string
  readonly reason: string
}

/** For tasks that weren't queued because their lines couldn't be delivered. */
export function runnerRefusedCard(refusals: readonly RunnerRefusal[], kind: RunnerKind): Card {
  const keys = refusals.map(({ key }) => key).join(', ')
  const reasons = [...new Set(refusals.map(({ reason }) => reason))].join('\n')
  return {
    text: html`${signs.problem} ${bold(keys)} ${refusals.length === 1 ? "wasn't" : "weren't"} queued – couldn't reach ${runnerName[kind]}. ${reasons}`,
    keyboard: keyboard([[button(`${signs.runner} Runner`, settingsScreen, { part: 'runner' })]]),
  }
}

/** For tasks that are queued although the runner couldn't be reached. */
export function runnerUnreachedCard(refusals: readonly RunnerRefusal[], kind: RunnerKind): Card {
  const keys = refusals.map(({ key }) => key).join(', ')
  const reasons = [...new Set(refusals.map(({ reason }) => reason))].join('\n')
  return {
    text: html`${signs.problem} ${bold(keys)}: queued, but I couldn’t reach ${runnerName[kind]}. ${reasons}`,
    keyboard: keyboard([[button(`${signs.runner} Runner`, settingsScreen, { part: 'runner' })]]),
  }
}

/** The same in one line, for a longer answer. */
export function notQueued({ key, reason }: RunnerRefusal): string {
  return `${key} wasn't queued. ${reason}`
}

/** Sent to check a runner's chat; it matches no runner's syntax. */
export const runnerTestLine = `${signs.runner} preqbot test: queued tasks will be posted here.`

export const runnerReasons = {
  nothingToDo: 'Nothing to do here – move it to Todo first.',
  unknown: "I can't tell whether the message arrived. Check the chat, and queue it again if it's missing.",
  tooMany: (max: number) => `${max} at a time, please.`,
} as const

/** Explains why Telegram refused a line. */
export function refusalReason(description: string, chat: string | null): string {
  const where = chat === null ? 'this chat' : chat
  const known = reasons.find(([pattern]) => pattern.test(description))?.[1]
  return known?.(where) ?? `Telegram said “${description.replace(/^[A-Z][\w ]*: /, '').slice(0, 200)}”.`
}

const reasons: readonly (readonly [RegExp, (where: string) => string])[] = [
  [/chat not found|PEER_ID_INVALID/, (where) => `I can't find ${where}. Add me and check the spelling.`],
  [/not a member|was kicked|chat was deactivated/, (where) => `I'm not in ${where}. Add me there.`],
  [/blocked by the user|can't initiate|user is deactivated/, (where) => `I can't start a chat in ${where}.`],
  [
    /not enough rights|no rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED/,
    (where) => `I can't write in ${where}. Let me send messages there.`,
  ],
  [/Too Many Requests/, (where) => `Telegram is rate-limiting ${where}. Try again later.`],
  [/thread not found|TOPIC_/, (where) => `The topic in ${where} is gone or closed.`],
]
