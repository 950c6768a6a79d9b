import type { Api } from 'grammy'
import type { Store } from '../../../domain/core/context.ts'
import type { MessagePurpose } from '../../../telegram/store/messages/enqueue.ts'
import type { ReplyTopic } from '../../../telegram/store/messages/reply-topic.ts'

/** What a message is about. A reply to it is interpreted accordingly. */
export interface About {
  readonly purpose: MessagePurpose
  readonly taskId?: string | null
  readonly topic?: ReplyTopic | null
  readonly replyTo?: number | undefined
  /** The version of the task on the card. A card that is up to date isn't edited again. */
  readonly version?: string
  /** The text must never be stored, so it can't be resent. */
  readonly secret?: true
}

export interface SenderOptions {
  readonly api: Api
  readonly store: Store
  readonly chatId: number
  readonly threadId: number | null
  /** The topic for messages whose own topic is gone. If this one is gone too, they go to the chat itself. */
  readonly mainThreadId: number | null
  readonly now: () => Date
}

/** The owner is looking at the chat, so answers are silent. */
export function silently({ replyTo }: About) {
  return { silent: true, replyTo }
}
