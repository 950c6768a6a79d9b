import { setTimeout as delay } from 'node:timers/promises'
import type { MiddlewareFn } from 'grammy'
import { findMessage, isSending } from '../../telegram/store/messages/messages.ts'
import type { BotContext } from '../kit/context.ts'

const lookEveryMs = 50
// Part of an update's time limit. A message that is still unknown by then was lost or is from an earlier database.
const maxMs = 3_000

/**
 * Telegram shows a message before it returns the message's ID, so a quick reply can arrive before the ID is stored. A
 * reply to an unknown message of ours waits while one is being sent to that chat.
 */
export function awaitSent(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const target = ctx.message?.reply_to_message
    const isOurs = target?.from?.id === ctx.me.id && target.forum_topic_created === undefined
    if (isOurs) await untilSent(ctx, target.chat.id, target.message_id)
    await next()
  }
}

async function untilSent({ board: { db } }: BotContext, chatId: number, messageId: number): Promise<void> {
  for (let waited = 0; waited < maxMs; waited += lookEveryMs) {
    // Check this before looking the message up: if sending finishes in between, the lookup finds it.
    const isOnItsWay = await isSending(db, chatId)
    if ((await findMessage(db, chatId, messageId)) !== null || !isOnItsWay) return
    await delay(lookEveryMs)
  }
}
