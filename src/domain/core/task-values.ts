import type { TaskStatus } from '../../db/schema.ts'

export {
  type Engine,
  engines,
  type RunState,
  type TaskPriority,
  type TaskStatus,
  taskPriorities,
  taskStatuses,
} from '../../db/schema.ts'

/** The statuses that are neither done nor archived. */
export const openStatuses: TaskStatus[] = ['inbox', 'todo', 'hold', 'ready']

/** The limit for counting a lane's cards: done and archived tasks grow forever, and so would the cost of counting them. */
export const maxCounted = 1_000

/** Emoji that a person may type for a change, and the sign of a file in a text. */
export const taskSigns = {
  inbox: '📥',
  todo: '📋',
  hold: '⏸',
  done: '✅',
  archived: '🗄',
  queued: '⏳',
  focus: '⭐',
  file: '📎',
} as const
