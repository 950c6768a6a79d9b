import { nothingVisibleCard, notKeptCard } from '../../../view/tasks/capture.ts'
import { createFeature, type Feature } from '../../kit/feature.ts'
import { hasField } from '../../kit/message/fields.ts'
import { captureContent, isAnything } from '../../kit/tasks/capture-message.ts'
import { contentOf } from '../../kit/tasks/captured.ts'
import { joinCapture } from '../../kit/tasks/captured-parts.ts'

/**
 * Turns any message that isn't a command or a reply into an inbox task, or adds it to the task of the message it was
 * sent with. Explains what can't be saved; ignores service messages.
 */
export function capture(): Feature {
  const feature = createFeature()
  feature.on('message', async (ctx, next) => {
    const { message } = ctx
    const content = contentOf(ctx, message)
    if (isAnything(content)) {
      if (!(await joinCapture(ctx, message))) await captureContent(ctx, content)
    } else if (hasField(message, 'answered') || hasField(message, 'words')) {
      const card = hasField(message, 'answered') ? notKeptCard() : nothingVisibleCard()
      await ctx.sender.send(card, { purpose: 'answer', replyTo: message.message_id })
    } else await next()
  })
  return feature
}
