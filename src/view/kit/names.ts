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

// One sign and one name per concept, used on every screen.

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

/** Returns the sign that shows whose turn a task is. */
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

/** Returns an engine's name, "No engine" for null. */
export function nameOfEngine(engine: Engine | null): string {
  return engine === null ? 'No engine' : engineName[engine]
}

/** Returns an agent's name: "Codex on mac" with a runner, otherwise the token's, otherwise the engine's, otherwise "An agent". */
export function agentName(
  agent: {
    readonly name?: string | null
    readonly engine: Engine | null
    readonly runner?: { readonly name: string } | null
  } | null,
): string {
  const engine = agent?.engine ? engineName[agent.engine] : 'An agent'
  return agent?.runner ? `${engine} on ${agent.runner.name}` : (agent?.name ?? engine)
}

/** Formats a lane's count; "999+" from 1,000. */
export function laneCount(count: number): string {
  return count < maxCounted ? String(count) : `${maxCounted - 1}+`
}

/** Formats "1 task", "2 tasks", "999+ tasks". */
export function countedTasks(count: number): string {
  return count === 1 ? '1 task' : `${laneCount(count)} tasks`
}

/** Formats a count with its noun: "1 file", "2 files". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Replaces spaces with no-break spaces, so a narrow screen doesn't split a number from its noun. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0')
}

/** Describes a queued task: "Queued for Codex", "Queued for a plan by Codex", "Queued for a review". */
export function queuedFor({ status, engine }: Pick<Task, 'status' | 'engine'>): string {
  const who = engine === null ? 'an agent' : engineName[engine]
  if (status === 'inbox') return `Queued for a plan${engine === null ? '' : ` by ${who}`}`
  if (status === 'ready') return `Queued for a review${engine === null ? '' : ` by ${who}`}`
  return `Queued for ${who}`
}
