import type { RunnerKind } from '../domain/setting-specs.ts'
import type { RunnerSettings } from '../domain/settings.ts'
import type { Engine, Task, TaskStatus } from '../domain/tasks/task.ts'
import { toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, html } from './html.ts'

/** What a line tells a runner of a task. */
export type RunnerTask = Pick<Task, 'key' | 'status' | 'engine' | 'branch'>

// What a runner starts where the task names no engine: it must be told one.
const usualEngine: Engine = 'claude-code'

const verbs: Record<TaskStatus, 'plan' | 'implement' | 'review' | null> = {
  inbox: 'plan',
  todo: 'implement',
  hold: 'implement',
  ready: 'review',
  done: null,
  archived: null,
}

/** The line that a runner listens for; null where there is no runner, or nothing left to do for one. */
export function runnerLine(task: RunnerTask, runner: Pick<RunnerSettings, 'kind' | 'bot'>): string | null {
  const verb = verbs[task.status]
  if (verb === null) return null
  const engine = task.engine ?? usualEngine
  const name = oneLine(task.branch ?? '')
  const branch = name === '' ? '' : ` branch_name=${quoted(name)}`
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

function oneLine(text: string): string {
  return text.replace(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, ' ').trim()
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

export const runnerName: Record<RunnerKind, string> = {
  none: 'none',
  openclaw: 'OpenClaw',
  'openclaw-skill': 'OpenClaw, older',
  hermes: 'Hermes',
}

/** Why a task was not queued, as whoever reads the card can mend it. */
export interface RunnerRefusal {
  readonly key: string
  readonly reason: string
}

/** Says of tasks that they were not queued, for their lines were not taken. */
export function runnerRefusedCard(refusals: readonly RunnerRefusal[], kind: RunnerKind): Card {
  const keys = refusals.map(({ key }) => key).join(', ')
  const reasons = [...new Set(refusals.map(({ reason }) => reason))].join('\n')
  return {
    text: html`⚠️ ${bold(keys)} ${refusals.length === 1 ? 'is' : 'are'} not queued. ${runnerName[kind]} was not told: ${reasons}`,
    keyboard: keyboard([[toScreen('🏃 Runner', 'settings', 'runner')]]),
  }
}

/** The same in one line, under what else an answer tells. */
export function notQueued({ key, reason }: RunnerRefusal): string {
  return `${key} is not queued. ${reason}`
}

export const runnerReasons = {
  nothingToDo: 'There is nothing left to do in it; move it to Todo first.',
  unknown:
    'Whether its line arrived is not known. Look into the chat; queue it again if the line is not there.',
  tooMany: (most: number) => `At most ${most} at once; queue the rest afterwards.`,
} as const

/** What Telegram said of a line, in words. */
export function refusalReason(description: string, chat: string | null): string {
  const where = chat === null ? 'this chat' : `the chat ${chat}`
  const known = reasons.find(([pattern]) => pattern.test(description))?.[1]
  return known?.(where) ?? `Telegram said “${description.replace(/^[A-Z][\w ]*: /, '').slice(0, 200)}”.`
}

const reasons: readonly (readonly [RegExp, (where: string) => string])[] = [
  [
    /chat not found|PEER_ID_INVALID/,
    (where) => `I do not find ${where}. Add me there, and check how it is written.`,
  ],
  [/not a member|was kicked|chat was deactivated/, (where) => `I am not in ${where}. Add me there.`],
  [/blocked by the user|can't initiate|user is deactivated/, (where) => `I may not write first in ${where}.`],
  [
    /not enough rights|no rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED/,
    (where) => `I may not write in ${where}. Let me send messages there.`,
  ],
  [
    /Too Many Requests/,
    (where) => `Telegram takes nothing more in ${where} for a while. Queue it again later.`,
  ],
  [/thread not found|TOPIC_/, (where) => `The topic in ${where} is gone or closed.`],
]
