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
