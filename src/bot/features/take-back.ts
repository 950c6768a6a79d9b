import { DomainError } from '../../domain/errors.ts'
import { undoChange } from '../../domain/undo.ts'
import { inWords, refusalCard, toasts } from '../../view/answers.ts'
import { toast } from '../access.ts'
import type { BotContext } from '../context.ts'

const undoMs = 5 * 60_000

/** Takes a change of a screen back by its Undo button; says why where that is refused. */
export async function takeBack(ctx: BotContext, auditId: string): Promise<void> {
  try {
    await undoChange(ctx.board, auditId, new Date(ctx.board.now().getTime() - undoMs))
    await toast(ctx, toasts.undone)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await toast(ctx, inWords(error.message), true)
  }
}

/** Says why what the owner wrote was not taken. */
export async function sayRefusal(ctx: BotContext, reason: string): Promise<void> {
  await ctx.sender.say(refusalCard(reason), { purpose: 'answer', replyTo: ctx.message?.message_id })
}

/** Does a change of a screen; a refusal is said and gives null. */
export async function orRefusal<T>(ctx: BotContext, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (ctx.callbackQuery === undefined) await sayRefusal(ctx, error.message)
    else await toast(ctx, inWords(error.message), true)
    return null
  }
}
