import { GrammyError, HttpError } from 'grammy'
import type { BotContext } from './context.ts'

/** Marks the owner's message: 👀 stored as a comment, 👍 taken as an answer, 🤷 too late. A chat that forbids it loses nothing. */
export async function acknowledge(ctx: BotContext, emoji: '👀' | '👍' | '🤷'): Promise<void> {
  try {
    await ctx.react(emoji)
  } catch (error) {
    if (!(error instanceof GrammyError || error instanceof HttpError)) throw error
    ctx.deps.log.warn({ err: error }, 'a message could not be marked')
  }
}
