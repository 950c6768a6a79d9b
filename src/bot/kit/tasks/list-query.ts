import { findMessage } from '../../../telegram/store/messages/messages.ts'
import type { ReplyTopic } from '../../../telegram/store/messages/reply-topic.ts'
import type { BotContext } from '../context.ts'

/** What the message whose button was pressed is about beyond its task; null where it remembers nothing. */
export async function topicOfMessage(ctx: BotContext): Promise<ReplyTopic | null> {
  const message = ctx.callbackQuery?.message
  const row =
    message === undefined ? null : await findMessage(ctx.board.db, message.chat.id, message.message_id)
  return (row?.topic ?? null) as unknown as ReplyTopic | null
}

/** The query of the list whose button was pressed; it may be longer than a button can hold. */
export async function queryOfMessage(ctx: BotContext): Promise<string> {
  const topic = await topicOfMessage(ctx)
  return topic?.kind === 'list' ? topic.query : ''
}
