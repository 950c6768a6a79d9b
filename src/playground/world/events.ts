import type { InlineQueryResult, InlineQueryResultsButton, ReactionType } from 'grammy/types'
import type { Post, RecordedCall, Violation } from './records.ts'

/** An event in the playground, sent to all subscribers immediately. */
export type WorldEvent =
  | { readonly type: 'message'; readonly chatId: number; readonly post: Post }
  | { readonly type: 'edited'; readonly chatId: number; readonly post: Post }
  | { readonly type: 'deleted'; readonly chatId: number; readonly messageIds: readonly number[] }
  | {
      readonly type: 'tapped'
      readonly queryId: string
      readonly userId: number
      readonly chatId: number
      readonly messageId: number
    }
  | {
      readonly type: 'callback-answered'
      readonly queryId: string
      readonly userId: number
      readonly chatId: number
      readonly messageId: number
      readonly text?: string
      readonly showAlert: boolean
      readonly url?: string
    }
  | {
      readonly type: 'inline-answered'
      readonly queryId: string
      readonly userId: number
      readonly results: readonly InlineQueryResult[]
      readonly nextOffset: string
      readonly button?: InlineQueryResultsButton
    }
  | {
      readonly type: 'reaction'
      readonly chatId: number
      readonly messageId: number
      readonly userId: number
      readonly reaction: readonly ReactionType[]
    }
  | { readonly type: 'pinned'; readonly chatId: number; readonly messageId: number }
  | { readonly type: 'unpinned'; readonly chatId: number; readonly messageId: number }
  | {
      readonly type: 'chat-action'
      readonly chatId: number
      readonly threadId?: number
      readonly action: string
    }
  | { readonly type: 'topic'; readonly chatId: number; readonly threadId: number; readonly name: string }
  | { readonly type: 'commands' }
  | { readonly type: 'profile' }
  | { readonly type: 'webhook' }
  | { readonly type: 'membership'; readonly chatId: number; readonly userId: number }
  | { readonly type: 'update-queued'; readonly updateId: number }
  | { readonly type: 'update-confirmed'; readonly updateId: number }
  | { readonly type: 'update-expired'; readonly updateId: number }
  | { readonly type: 'call'; readonly call: RecordedCall }
  | { readonly type: 'violation'; readonly violation: Violation }

export type WorldListener = (event: WorldEvent) => void
