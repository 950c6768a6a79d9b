import { DomainError } from '../../domain/core/errors.ts'
import { undoChange, undoWindowMs } from '../../domain/undo/undo.ts'
import { toasts, toSentence } from '../../view/kit/answers.ts'
import type { ButtonCodec } from '../../view/kit/callbacks.ts'
import type { BotContext } from './context.ts'
import { type Feature, onTap } from './feature.ts'
import { toast } from './toast.ts'

/** Returns the time before which Undo buttons no longer work. */
export function undoLimit(ctx: BotContext): Date {
  return new Date(ctx.board.now().getTime() - undoWindowMs)
}

/** Handles a screen's Undo button: undoes the change or explains why it can't, then shows the screen again. */
export function onUndo(
  feature: Feature,
  codec: ButtonCodec<{ readonly audit: string; readonly about?: string }>,
  show: (ctx: BotContext, about: string) => Promise<void>,
): void {
  onTap(feature, codec, async (ctx, { audit, about = '' }) => {
    try {
      await undoChange(ctx.board, audit, undoLimit(ctx))
      await toast(ctx, toasts.undone)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      await toast(ctx, toSentence(error.message), true)
    }
    await show(ctx, about)
  })
}
