import { toasts } from '../../../view/kit/answers.ts'
import { unknownCommandCard } from '../../../view/system/help.ts'
import { afterCommand, type ChatCommand, nearestCommand } from '../../kit/commands.ts'
import { createFeature, type Feature } from '../../kit/feature.ts'
import { textOfMessage } from '../../kit/message/incoming.ts'
import { toast } from '../../kit/toast.ts'

const maxBytes = 40

/** Handles what no feature took: suggests the nearest command, and explains an unknown button. */
export function fallback(): Feature {
  const feature = createFeature()
  feature.on('callback_query', (ctx) => toast(ctx, toasts.unknown, true))
  feature.on('message', async (ctx, next) => {
    if (ctx.command === null) return next()
    const words = afterCommand(textOfMessage(ctx.message))
    const nearest = nearestCommand(ctx.commands, ctx.command)
    const card = unknownCommandCard(nearest?.command ?? null, words, nearest && buttonFor(nearest, words))
    await ctx.sender.send(card, { purpose: 'answer', replyTo: ctx.message.message_id })
  })
  return feature
}

function buttonFor({ toButton }: ChatCommand, words: string): string | null {
  const fits = Buffer.byteLength(words) <= maxBytes && !/[|\n]/.test(words)
  return fits ? (toButton?.(words) ?? null) : null
}
