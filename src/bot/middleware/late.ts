import type { MiddlewareFn } from 'grammy'
import { signs } from '../../view/kit/signs.ts'
import { acknowledge } from '../kit/acknowledge.ts'
import type { BotContext } from '../kit/context.ts'
import { textOfMessage } from '../kit/message/incoming.ts'

// A set-up link that was opened while the bot was down still begins the set-up, and what is to be kept is kept.
// What helps where the machine's clock is wrong, and so all is late, runs as well.
const stillRun = /^\/(?:start\b|cancel\b|doctor\b|help\b|(?:new|log)(?:@\w+)?\s+\S)/i

/**
 * What is older than ten minutes is not acted on blindly: text still becomes tasks and comments, a command is not run any more
 * and is marked, so that its sender sees that it came too late.
 */
export function skipLateCommands(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const text = ctx.message === undefined ? '' : textOfMessage(ctx.message)
    if (ctx.late && ctx.command !== null && !stillRun.test(text)) await acknowledge(ctx, signs.tooLate)
    else await next()
  }
}
