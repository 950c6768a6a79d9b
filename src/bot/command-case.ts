import type { MiddlewareFn } from 'grammy'
import type { BotContext } from './context.ts'

/** Commands work in any case: /Inbox is /inbox. */
export function lowerCommands(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const message = ctx.message
    if (message?.text?.startsWith('/'))
      message.text = message.text.replace(/^\/\w+/, (command) => command.toLowerCase())
    await next()
  }
}

/** Whether a text is a command, known or not: a path such as /tmp/foo is none. */
export function isCommand(text: string): boolean {
  return /^\/\w+(?:@\w+)?(?:\s|$)/.test(text)
}
