import { GrammyError, HttpError } from 'grammy'
import type { signs } from '../../view/kit/signs.ts'
import type { BotContext } from './context.ts'

type Acknowledgment = (typeof signs)['kept' | 'answered' | 'tooLate']

/** Reacts to the owner's message. Does nothing in a chat that forbids reactions. */
export async function acknowledge(ctx: BotContext, sign: Acknowledgment): Promise<void> {
  try {
    await ctx.react(sign)
  } catch (error) {
    if (!(error instanceof GrammyError || error instanceof HttpError)) throw error
    ctx.deps.log.warn({ err: error }, 'a message could not be marked')
  }
}
