import type {
  ForceReply,
  Message,
  ReactionType,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from 'grammy/types'

/** A message as the Bot API shows it, plus what only clients see. */
export interface Post {
  readonly message: Message
  readonly fromBot: boolean
  readonly silent: boolean
  /** Markup for the client's input field, which isn't part of the Bot API's Message. */
  readonly prompt?: ForceReply | ReplyKeyboardMarkup | ReplyKeyboardRemove
  /** Reactions by user ID, including the bot's. */
  readonly reactions: ReadonlyMap<number, readonly ReactionType[]>
}

export interface RecordedCall {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly at: Date
  readonly ok: boolean
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly description: string }
}

/** Something a bot should never do, even if Telegram tolerates it. */
export interface Violation {
  readonly kind: 'schema' | 'limit' | 'silent-drop' | 'flood'
  readonly method: string
  readonly detail: string
}
