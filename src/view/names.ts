import {
  type Engine,
  mostCounted,
  type RunState,
  type TaskPriority,
  type TaskStatus,
} from '../domain/tasks/task.ts'

// The same thing has the same sign and name on every screen.

export const statusSign: Record<TaskStatus, string> = {
  inbox: '📥',
  todo: '📋',
  hold: '⏸',
  ready: '👀',
  done: '✅',
  archived: '🗄',
}

export const statusName: Record<TaskStatus, string> = {
  inbox: 'Inbox',
  todo: 'Todo',
  hold: 'Hold',
  ready: 'Ready',
  done: 'Done',
  archived: 'Archived',
}

export const prioritySign: Record<TaskPriority, string> = {
  highest: '🔴',
  high: '🟠',
  medium: '🟡',
  none: '▫️',
  low: '🔵',
  lowest: '⚪️',
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

export const runSign: Record<RunState, string> = { queued: '⏳', running: '⚙️' }
export const runName: Record<RunState, string> = { queued: 'queued', running: 'working' }

/** The count of a lane, "999+" where there are more than are counted. */
export function laneCount(count: number): string {
  return count < mostCounted ? String(count) : `${mostCounted - 1}+`
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
