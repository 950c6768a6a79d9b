import { Composer } from 'grammy'
import type { BotContext } from '../../kit/context.ts'

/** Notes when the owner blocks the bot, and that he is back: what waited for him goes out. */
export function presence(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('my_chat_member', (ctx) => {
    const { status } = ctx.myChatMember.new_chat_member
    const isAway = status === 'kicked' || status === 'left'
    ctx.deps.log.info({ status }, isAway ? 'the chat no longer takes messages' : 'the chat takes messages')
    if (!isAway) ctx.deps.onOwnerBack?.()
  })
  composer.use(async (ctx, next) => {
    ctx.deps.onOwnerBack?.()
    await next()
  })
  return composer
}
