import { DomainError } from '../../../domain/core/errors.ts'
import { undoChange, undoWindowMs } from '../../../domain/undo/undo.ts'
import { toasts, toSentence } from '../../../view/kit/answers.ts'
import type { BotContext } from '../context.ts'
import { refuse } from '../refusals.ts'
import { toast } from '../toast.ts'

/** Undoes a change by its Undo button, or says why that isn't possible. */
export async function takeBack(ctx: BotContext, auditId: string): Promise<void> {
  try {
    await undoChange(ctx.board, auditId, new Date(ctx.board.now().getTime() - undoWindowMs))
    await toast(ctx, toasts.undone)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await toast(ctx, toSentence(error.message), true)
  }
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
