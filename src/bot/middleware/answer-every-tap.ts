import { type Composer, HttpError } from 'grammy'
import type { BotContext } from '../kit/context.ts'
import { toast } from '../kit/toast.ts'

/** Answers every tap, even if its handler has nothing to say or fails. */
export function answerEveryTap(composer: Composer<BotContext>): void {
  composer.on('callback_query', async (ctx, next) => {
    let answered = false
    const answer = ctx.answerCallbackQuery.bind(ctx)
    ctx.answerCallbackQuery = async (...args) => {
      // Telegram accepts one answer per tap.
      if (answered) return true
      answered = true
      try {
        return await answer(...args)
      } catch (error) {
        // Without an answer the button would hang, so retry. If the first one did arrive, Telegram refuses the second.
        if (error instanceof HttpError) return answer(...args)
        throw error
      }
    }
    try {
      await next()
    } finally {
      if (!answered) await toast(ctx)
    }
  })
}
