import type { MiddlewareFn } from 'grammy'
import { DomainError } from '../../domain/core/errors.ts'
import { askAgainCard, refusalCard, toSentence } from '../../view/kit/answers.ts'
import type { BotContext } from './context.ts'
import { ask, nameOf } from './prompts.ts'
import { toast } from './toast.ts'

/** Answers what a verb refuses in the verb's own words, wherever its feature left that open. */
export function replyWithRefusals(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      await refuse(ctx, error.message)
    }
  }
}

/** Says why what the owner did was refused. A question whose answer was refused is asked again and stays open. */
export async function refuse(ctx: BotContext, reason: string): Promise<void> {
  if (ctx.callbackQuery !== undefined) return toast(ctx, toSentence(reason), true)
  const { answering } = ctx
  if (answering === undefined) {
    await ctx.sender.send(refusalCard(reason), { purpose: 'answer', replyTo: ctx.msg?.message_id })
    return
  }
  const { prompt, messageId } = answering
  await ask(ctx, askAgainCard(reason, prompt.ask, await nameOf(ctx, prompt)), { ...prompt, again: true })
  await ctx.sender.remove(messageId)
}

/** Makes a change; if it's refused, says why and returns null. */
export async function orRefusal<T>(ctx: BotContext, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await refuse(ctx, error.message)
    return null
  }
}
