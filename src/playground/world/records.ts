import type {
  ForceReply,
  Message,
  ReactionType,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from 'grammy/types'

/** A message as the Bot API shows it, and what only a client sees of it. */
export interface Post {
  readonly message: Message
  readonly fromBot: boolean
  readonly silent: boolean
  /** The markup that is no part of the Bot API's Message: it concerns the input field of the client. */
  readonly prompt?: ForceReply | ReplyKeyboardMarkup | ReplyKeyboardRemove
  /** Who reacted with what; the bot's own id is among the keys. */
  readonly reactions: ReadonlyMap<number, readonly ReactionType[]>
}

export interface Call {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly at: Date
  readonly ok: boolean
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly description: string }
}

/** Something that the bot did and should never do, though Telegram may let it pass. */
export interface Violation {
  readonly kind: 'schema' | 'limit' | 'silent-drop' | 'flood'
  readonly method: string
  readonly detail: string
}
