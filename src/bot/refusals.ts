import type { MiddlewareFn } from 'grammy'
import { DomainError } from '../domain/errors.ts'
import { inWords, refusalCard } from '../view/answers.ts'
import { toast } from './access.ts'
import type { BotContext } from './context.ts'

/** What a verb refuses is said in its own words, wherever its feature left that open. */
export function sayRefusals(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      if (ctx.callbackQuery !== undefined) await toast(ctx, inWords(error.message), true)
      else
        await ctx.sender.say(refusalCard(error.message), { purpose: 'answer', replyTo: ctx.msg?.message_id })
    }
  }
}
