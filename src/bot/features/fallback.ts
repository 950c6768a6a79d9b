import { Composer } from 'grammy'
import { toasts } from '../../view/answers.ts'
import { unknownCommandCard } from '../../view/help.ts'
import { toast } from '../access.ts'
import { afterCommand, isCommand, isForOtherBot } from '../command-case.ts'
import { nearestCommand } from '../commands.ts'
import type { BotContext } from '../context.ts'

/** Answers what no feature took: an unknown command with the nearest one, a button of an older version with its age. */
export function fallback(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('callback_query', (ctx) => toast(ctx, toasts.unknown, true))
  composer.on('message:text', async (ctx, next) => {
    const text = ctx.message.text.trim()
    if (isCommand(text) && ctx.message.forward_origin === undefined) await answerUnknown(ctx, text)
    else await next()
  })
  return composer
}

async function answerUnknown(ctx: BotContext, text: string): Promise<void> {
  if (isForOtherBot(text, ctx.me.username)) return
  const [, name = ''] = /^\/(\w+)/.exec(text) ?? []
  await ctx.sender.say(unknownCommandCard(nearestCommand(name), afterCommand(text)), {
    purpose: 'answer',
    replyTo: ctx.message?.message_id,
  })
}
