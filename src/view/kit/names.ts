import {
  type Engine,
  maxCounted,
  type RunState,
  type TaskPriority,
  type TaskStatus,
} from '../../domain/core/task-values.ts'
import type { QuestionKind } from '../../domain/questions/question.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { turnOf } from '../../domain/turn.ts'
import { signs } from './signs.ts'

// The same thing has the same sign and name on every screen.

export const statusSign: Record<TaskStatus, string> = {
  inbox: signs.inbox,
  todo: signs.todo,
  hold: signs.hold,
  ready: signs.ready,
  done: signs.done,
  archived: signs.archived,
}

export const statusName: Record<TaskStatus, string> = {
  inbox: 'Inbox',
  todo: 'Todo',
  hold: 'Hold',
  ready: 'Ready',
  done: 'Done',
  archived: 'Archived',
}

export const questionSign: Record<QuestionKind, string> = {
  block: signs.blocked,
  ask: signs.question,
  permission: signs.permission,
  plan: signs.plan,
}

export const runSign: Record<RunState, string> = { queued: signs.queued, running: signs.working }
export const runName: Record<RunState, string> = { queued: 'queued', running: 'working' }

/** The sign of a task: whose turn it is, at a glance. */
export function turnSign(task: Pick<Task, 'status' | 'runState' | 'question' | 'snoozedUntil'>): string {
  const turn = turnOf(task)
  switch (turn) {
    case 'question':
      return questionSign[task.question?.kind ?? 'ask']
    case 'working':
      return runSign.running
    case 'queued':
      return runSign.queued
    case 'parked':
      return task.snoozedUntil === null ? statusSign[task.status] : signs.snoozed
    case 'new':
    case 'review':
    case 'closed':
      return statusSign[task.status]
  }
}

export const prioritySign: Record<TaskPriority, string> = {
  highest: signs.priorityHighest,
  high: signs.priorityHigh,
  medium: signs.priorityMedium,
  none: signs.priorityNone,
  low: signs.priorityLow,
  lowest: signs.priorityLowest,
}

export const priorityName: Record<TaskPriority, string> = {
  highest: 'Highest',
  high: 'High',
  medium: 'Medium',
  none: 'None',
  low: 'Low',
  lowest: 'Lowest',
}

export const engineName: Record<Engine, string> = {
  'claude-code': 'Claude Code',
  codex: 'Codex',
  'gemini-cli': 'Gemini CLI',
}

export const projectStatusName = { active: 'Active', paused: 'Paused', done: 'Done' } as const

/** The engine by its name; work without one has a name too. */
export function nameOfEngine(engine: Engine | null): string {
  return engine === null ? 'No engine' : engineName[engine]
}

/** Who does something for a task: the token's name, else the engine's, else "An agent". */
export function agentName(
  agent: { readonly name?: string | null; readonly engine: Engine | null } | null,
): string {
  return agent?.name ?? (agent?.engine ? engineName[agent.engine] : 'An agent')
}

/** The count of a lane, "999+" where there are more than are counted. */
export function laneCount(count: number): string {
  return count < maxCounted ? String(count) : `${maxCounted - 1}+`
}

/** "1 task", "2 tasks", "999+ tasks" where there are more than are counted. */
export function countedTasks(count: number): string {
  return count === 1 ? '1 task' : `${laneCount(count)} tasks`
}

/** "1 task", "2 tasks". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Keeps a number with its name when a narrow screen breaks the line. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0')
}

/** "Queued for Codex", "Queued for a plan by Codex", "Queued for a review". */
export function queuedFor({ status, engine }: Pick<Task, 'status' | 'engine'>): string {
  const who = engine === null ? 'an agent' : engineName[engine]
  if (status === 'inbox') return `Queued for a plan${engine === null ? '' : ` by ${who}`}`
  if (status === 'ready') return `Queued for a review${engine === null ? '' : ` by ${who}`}`
  return `Queued for ${who}`
}
