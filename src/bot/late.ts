import type { MiddlewareFn } from 'grammy'
import type { BotContext } from './context.ts'

/**
 * What is older than ten minutes is not acted on blindly: text still becomes tasks and comments, a command is not run any more
 * and is marked, so that its sender sees that it came too late.
 */
export function skipLateCommands(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    // A set-up link that was opened while the bot was down still begins the set-up.
    const isCommand = /^\/(?!start\b)/i.test(ctx.message?.text ?? '')
    if (ctx.late && isCommand) await ctx.react('🤷')
    else await next()
  }
}
