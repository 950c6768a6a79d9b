import type { MiddlewareFn } from 'grammy'
import { DomainError } from '../../domain/core/errors.ts'
import { askAgainCard, refusalCard, toSentence } from '../../view/kit/answers.ts'
import type { BotContext } from './context.ts'
import { ask, nameOf } from './prompts.ts'
import { toast } from './toast.ts'

/** Answers with a verb's error message if the feature didn't handle it. */
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

/** Explains a refusal. If it refused an answer, the prompt is asked again and stays open. */
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

/** Makes a change. If it's refused, explains why and returns null. */
export async function orRefusal<T>(ctx: BotContext, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await refuse(ctx, error.message)
    return null
  }
}
