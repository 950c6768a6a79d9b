import type { MiddlewareFn } from 'grammy'
import type { BotContext } from './context.ts'

/** Commands work in any case: /Inbox is /inbox. */
export function lowerCommands(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const message = ctx.message
    if (message?.text?.startsWith('/')) message.text = message.text.replace(/^\/\w+/, (command) => command.toLowerCase())
    await next()
  }
}
