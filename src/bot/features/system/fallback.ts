import { toasts } from '../../../view/kit/answers.ts'
import { unknownCommandCard } from '../../../view/system/help.ts'
import { afterCommand } from '../../kit/command-text.ts'
import { nearestCommand } from '../../kit/commands.ts'
import { createFeature, type Feature } from '../../kit/feature.ts'
import { textOfMessage } from '../../kit/message/incoming.ts'
import { toast } from '../../kit/toast.ts'

/** Answers what no feature took: an unknown command with the nearest one, a button of an older version with its age. */
export function fallback(): Feature {
  const feature = createFeature()
  feature.on('callback_query', (ctx) => toast(ctx, toasts.unknown, true))
  feature.on('message', async (ctx, next) => {
    if (ctx.command === null) return next()
    const card = unknownCommandCard(nearestCommand(ctx.command), afterCommand(textOfMessage(ctx.message)))
    await ctx.sender.send(card, { purpose: 'answer', replyTo: ctx.message.message_id })
  })
  return feature
}
