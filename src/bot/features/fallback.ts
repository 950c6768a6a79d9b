import { Composer } from 'grammy'
import { findTask } from '../../domain/tasks/read.ts'
import { toasts, unknownCommandCard } from '../../view/answers.ts'
import { toast } from '../access.ts'
import { acknowledge } from '../acknowledge.ts'
import { isCommand, isForOtherBot } from '../command-case.ts'
import { nearestCommand } from '../commands.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { sayTask } from '../show.ts'

const bareKey = /^[A-Za-z][A-Za-z0-9]{1,9}-\d{1,10}$/

/** What no feature took: a key alone opens its card, an unknown command is told the nearest, a button of yore its age. */
export function fallback(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('callback_query', (ctx) => toast(ctx, toasts.unknown, true))
  composer.on('message:text', async (ctx, next) => {
    const text = ctx.message.text.trim()
    const task = bareKey.test(text) ? await findTask(scopeOf(ctx), text) : null
    // As with /task, nobody waits any more for what came too late.
    if (task !== null) await (ctx.late ? acknowledge(ctx, '🤷') : sayTask(ctx, task))
    else if (isCommand(text) && ctx.message.forward_origin === undefined) await sayUnknown(ctx, text)
    else await next()
  })
  return composer
}

async function sayUnknown(ctx: BotContext, text: string): Promise<void> {
  if (isForOtherBot(text, ctx.me.username)) return
  const [, name = ''] = /^\/(\w+)/.exec(text) ?? []
  await ctx.sender.say(unknownCommandCard(nearestCommand(name)), {
    purpose: 'answer',
    replyTo: ctx.message?.message_id,
  })
}
