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

/** What is neither done nor archived. */
export const openStatuses: TaskStatus[] = ['inbox', 'todo', 'hold', 'ready']

/** Cards of a lane are counted up to here: what is done or archived grows for ever, and counting it all with it. */
export const maxCounted = 1_000

/** The signs that a person may also type for a change, and the sign of a file in a text. */
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
