import type { MiddlewareFn } from 'grammy'
import { DomainError } from '../../domain/core/errors.ts'
import { listLabels } from '../../domain/labels/labels.ts'
import { findTask } from '../../domain/tasks/read.ts'
import { askAgainCard, inWords, refusalCard } from '../../view/kit/answers.ts'
import { type BotContext, type Prompt, scopeOf } from './context.ts'
import { ask } from './show.ts'
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
  if (ctx.callbackQuery !== undefined) return toast(ctx, inWords(reason), true)
  const { answering } = ctx
  if (answering === undefined) {
    await ctx.sender.send(refusalCard(reason), { purpose: 'answer', replyTo: ctx.msg?.message_id })
    return
  }
  const { prompt, messageId } = answering
  await ask(ctx, askAgainCard(reason, prompt.ask, await nameOf(ctx, prompt)), { ...prompt, again: true })
  await ctx.sender.remove(messageId)
}

/** What a question of the bot's is about, as its text names it. */
export async function nameOf(
  ctx: BotContext,
  prompt: Pick<Prompt, 'ask' | 'taskId' | 'about'>,
): Promise<string> {
  const { ask, taskId, about = '' } = prompt
  if (ask === 'label-name')
    return (await listLabels(scopeOf(ctx))).find(({ id }) => id === about)?.name ?? about
  const task = taskId === undefined ? null : await findTask(scopeOf(ctx), taskId)
  return task?.key ?? about
}
