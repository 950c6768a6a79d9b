import type { MiddlewareFn } from 'grammy'
import type { BotContext } from './context.ts'

/** Commands work in any case: /Inbox is /inbox. */
export function lowerCommands(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const message = ctx.message
    if (message?.text !== undefined) message.text = lowered(message.text)
    if (message?.caption !== undefined) message.caption = lowered(message.caption)
    await next()
  }
}

/** Whether a text is a command, known or not: a path such as /tmp/foo is none. */
export function isCommand(text: string): boolean {
  return /^\/\w+(?:@\w+)?(?:\s|$)/.test(text)
}

/** Whether a command names another bot of the group: `/start@other_bot`. */
export function isForOtherBot(text: string, username: string): boolean {
  const named = /^\/\w+@(\w+)/.exec(text)?.[1]
  return named !== undefined && named.toLowerCase() !== username.toLowerCase()
}

/** What is written behind the command of a text. */
export function afterCommand(text: string): string {
  return text.replace(/^\/\w+(?:@\w+)?\s*/, '').trim()
}

function lowered(text: string): string {
  return text.replace(/^\/\w+/, (command) => command.toLowerCase())
}
