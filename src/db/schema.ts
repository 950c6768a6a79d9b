// The tables by what they hold. The twelve of PREQSTATION's schema keep its columns; the others are the bot's own.

export * from './schema/access.ts'
export * from './schema/agents.ts'
export * from './schema/board.ts'
export * from './schema/history.ts'
export type {
  AnnouncedTools,
  AskedTool,
  QuestionAnswer,
  QuestionDraft,
  QuestionItem,
  RunUsage,
} from './schema/json.ts'
export { WorkLogData } from './schema/json.ts'
export type * from './schema/messages.ts'
export * from './schema/telegram.ts'
export * from './schema/values.ts'
