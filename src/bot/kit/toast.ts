import { GrammyError } from 'grammy'
import type { BotContext } from './context.ts'

/** Answers a tap. Does nothing if the tap is too old to be answered. */
export async function toast(ctx: BotContext, text?: string, alert = false): Promise<void> {
  if (ctx.callbackQuery === undefined) return
  try {
    await ctx.answerCallbackQuery(
      text === undefined ? {} : { text: [...text].slice(0, 200).join(''), show_alert: alert },
    )
  } catch (error) {
    // The tap has taken effect; only its answer came too late.
    const isLate = error instanceof GrammyError && error.description.includes('query is too old')
    if (!isLate) ctx.deps.log.warn({ err: error }, 'a tap could not be answered')
  }
}
