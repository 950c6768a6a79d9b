import { findMessage } from '../../../telegram/store/messages/messages.ts'
import type { ReplyTopic } from '../../../telegram/store/messages/reply-topic.ts'
import type { BotContext } from '../context.ts'

/** Returns the topic of the message whose button was tapped; null if it has none. */
export async function topicOfMessage(ctx: BotContext): Promise<ReplyTopic | null> {
  const message = ctx.callbackQuery?.message
  const row =
    message === undefined ? null : await findMessage(ctx.board.db, message.chat.id, message.message_id)
  return row?.topic ?? null
}

/** Returns the query of the tapped list, which may be too long to fit in a button. */
export async function queryOfMessage(ctx: BotContext): Promise<string> {
  const topic = await topicOfMessage(ctx)
  return topic?.kind === 'list' ? topic.query : ''
}
