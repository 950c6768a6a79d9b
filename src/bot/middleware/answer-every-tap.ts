import { type Composer, HttpError } from 'grammy'
import type { BotContext } from '../kit/context.ts'
import { toast } from '../kit/toast.ts'

/** Every tap gets its answer, also where its handler has nothing to say or fails. */
export function answerEveryTap(composer: Composer<BotContext>): void {
  composer.on('callback_query', async (ctx, next) => {
    let answered = false
    const answer = ctx.answerCallbackQuery.bind(ctx)
    ctx.answerCallbackQuery = async (...args) => {
      // Telegram takes one answer a tap.
      if (answered) return true
      answered = true
      try {
        return await answer(...args)
      } catch (error) {
        // Lost on the way: the button would hang. Should the first have arrived after all, Telegram refuses the second.
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
