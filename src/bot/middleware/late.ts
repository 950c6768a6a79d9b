import type { MiddlewareFn } from 'grammy'
import { signs } from '../../view/kit/signs.ts'
import { acknowledge } from '../kit/acknowledge.ts'
import type { BotContext } from '../kit/context.ts'
import { textOfMessage } from '../kit/message/incoming.ts'

// These commands run even when late: they keep text, finish the setup, or help if everything is late because the
// machine's clock is wrong.
const stillRun = /^\/(?:start\b|cancel\b|doctor\b|help\b|(?:new|log)(?:@\w+)?\s+\S)/i

/**
 * Updates older than ten minutes aren't acted on blindly: text still becomes tasks and comments, but a command gets a
 * reaction that says it came too late.
 */
export function skipLateCommands(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const text = ctx.message === undefined ? '' : textOfMessage(ctx.message)
    if (ctx.late && ctx.command !== null && !stillRun.test(text)) await acknowledge(ctx, signs.tooLate)
    else await next()
  }
}
