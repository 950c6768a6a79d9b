// The closed sets of values. Each is also a CHECK constraint, so no other writer stores anything else.

export const taskStatuses = ['inbox', 'todo', 'hold', 'ready', 'done', 'archived'] as const
export const taskPriorities = ['highest', 'high', 'medium', 'none', 'low', 'lowest'] as const
export const engines = ['claude-code', 'codex', 'gemini-cli'] as const
export const runStates = ['queued', 'running'] as const
export const projectStatuses = ['active', 'paused', 'done'] as const
export const labelColors = [
  'gray',
  'blue',
  'green',
  'orange',
  'yellow',
  'red',
  'violet',
  'indigo',
  'teal',
  'pink',
] as const

export type TaskStatus = (typeof taskStatuses)[number]
export type TaskPriority = (typeof taskPriorities)[number]
export type Engine = (typeof engines)[number]
export type RunState = (typeof runStates)[number]
export type ProjectStatus = (typeof projectStatuses)[number]

export const workLogKinds = [
  'result',
  'plan',
  'blocked',
  'status',
  'fields',
  'note',
  'comment',
  'manual',
] as const
export const questionKinds = ['ask', 'block', 'permission', 'plan'] as const
export const questionStates = ['open', 'answered', 'expired', 'withdrawn'] as const
export const answerers = ['chat', 'terminal', 'timeout', 'agent'] as const
export const runOutcomes = [
  'completed',
  'reviewed',
  'planned',
  'blocked',
  'stopped',
  'released',
  'taken-over',
  'lost',
  'limited',
] as const
export type WorkLogKind = (typeof workLogKinds)[number]
export type QuestionKind = (typeof questionKinds)[number]
export type QuestionState = (typeof questionStates)[number]
export type Answerer = (typeof answerers)[number]
export type RunOutcome = (typeof runOutcomes)[number]

export const tokenRights = ['work', 'full'] as const
export type TokenRights = (typeof tokenRights)[number]

/** How an agent reaches the board, apart from REST. */
export const tokenChannels = ['mcp', 'hooks'] as const
export type TokenChannel = (typeof tokenChannels)[number]

export const messageStates = ['pending', 'sending', 'sent', 'uncertain', 'failed'] as const
export type MessageState = (typeof messageStates)[number]
