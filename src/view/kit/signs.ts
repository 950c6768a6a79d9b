import { taskSigns } from '../../domain/core/task-values.ts'

/**
 * Emoji and symbols that several views share, named after their meaning. A sign used by one view is defined there. No
 * two meanings share a sign.
 */
export const signs = {
  ...taskSigns,

  // Turns
  ready: '🏁',
  working: '⚙️',
  snoozed: '💤',
  blocked: '⛔',
  question: '❓',
  permission: '🔐',
  plan: '🗺',
  dangerous: '🚨',
  denied: '🚫',
  expired: '⌛',

  // Priorities
  priorityHighest: '🔴',
  priorityHigh: '🟠',
  priorityMedium: '🟡',
  priorityNone: '▫️',
  priorityLow: '🔵',
  priorityLowest: '⚪️',

  // Lists and notifications
  needsYou: '🙋',
  overdue: '🔥',
  due: '📅',
  reminder: '⏰',
  week: '🗓',
  silentRun: '🕰',
  whileAway: '🌅',
  problem: '⚠️',
  repeat: '🔁',

  // Screens and what they are about
  home: '🏠',
  board: '🗂',
  digest: '☀️',
  project: '📦',
  delivery: '🚀',
  projectStatus: '🚦',
  topic: '🧵',
  repository: '🔗',
  website: '🌐',
  agents: '🤖',
  token: '🔑',
  connect: '🔌',
  runner: '🏃',
  timeZone: '🌍',
  quietHours: '🌙',
  notifications: '📣',
  muted: '🔇',
  locked: '🔒',
  workLog: '📓',
  history: '🕓',
  security: '🛡',
  cycleTime: '⏱',
  comment: '💬',
  image: '🖼',
  welcome: '👋',

  // Buttons and marks
  edit: '✏️',
  write: '⌨️',
  delete: '🗑',
  undo: '↩️',
  restore: '♻️',
  refresh: '↻',
  back: '‹',
  next: '›',
  nextChoice: '▸',
  chosen: '✓',
  checked: '☑',
  unchecked: '☐',

  // Reactions: Telegram allows only certain emoji (ReactionTypeEmoji).
  kept: '✍',
  read: '👀',
  answered: '👍',
  tooLate: '🤷',
} as const
