import { GrammyError } from 'grammy'
import type { BotContext } from './context.ts'

/** Answers a tap; a tap too old to be answered is no fault. */
export async function toast(ctx: BotContext, text?: string, alert = false): Promise<void> {
  if (ctx.callbackQuery === undefined) return
  try {
    await ctx.answerCallbackQuery(
      text === undefined ? {} : { text: [...text].slice(0, 200).join(''), show_alert: alert },
    )
  } catch (error) {
    // The tap has had its effect, and what it led to is still to be shown.
    const isLate = error instanceof GrammyError && error.description.includes('query is too old')
    if (!isLate) ctx.deps.log.warn({ err: error }, 'a tap could not be answered')
  }
}
