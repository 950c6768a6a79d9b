export type { DeckOutcome, DeckTopic, PromptKind, ReplyTopic } from '../../../db/schema.ts'
