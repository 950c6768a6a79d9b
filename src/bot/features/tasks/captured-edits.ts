import type { Message } from 'grammy/types'
import { findTask } from '../../../domain/tasks/read.ts'
import { partAction } from '../../../domain/tasks/snapshot.ts'
import { captureOfMessage, capturePartsOf, stateOfMessage } from '../../../telegram/store/captures.ts'
import type { Card } from '../../../view/kit/card.ts'
import { editedCommentCard, editedNothingCard, editedTooLateCard } from '../../../view/tasks/capture.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { createFeature, type Feature } from '../../kit/feature.ts'
import { ownText } from '../../kit/message/incoming.ts'
import { contentOf, contentsOf } from '../../kit/tasks/captured.ts'
import { rewriteCaptured } from '../../kit/tasks/captured-parts.ts'

/** Editing a message edits the task created from it, until someone else changes the task. */
export function capturedEdits(): Feature {
  const feature = createFeature()
  feature.on('edited_message', (ctx) => editCaptured(ctx, ctx.editedMessage))
  return feature
}

async function editCaptured(ctx: BotContext, message: Message): Promise<void> {
  const messageId = message.message_id
  const captured = await captureOfMessage(scopeOf(ctx), { chatId: message.chat.id, messageId })
  const task = captured === null ? null : await findTask(scopeOf(ctx), captured.effect.taskId)
  const textOf = (one: Message) => ownText(contentOf(ctx, one))
  // Telegram also reports an edit when a link preview loads or a live location moves.
  const isSameAs = (one: Message) => message.location !== undefined || textOf(one) === textOf(message)
  if (captured === null || task === null) {
    const about = { chatId: message.chat.id, messageId, userId: message.from?.id ?? 0 }
    const { before } = await stateOfMessage(ctx.board.db, about)
    if (before !== null && !isSameAs(before as unknown as Message))
      await ctx.sender.send(editedNothingCard(), { purpose: 'answer', replyTo: messageId })
    return
  }
  const { message: original } = captured.update as { readonly message?: Message }
  const isSame = original !== undefined && isSameAs(original)
  const refuse = async (card: Card) => {
    if (!isSame) await ctx.sender.send(card, { purpose: 'answer', taskId: task.id, replyTo: messageId })
  }
  const { action } = captured.effect
  if (action !== 'task.create' && action !== 'task.edit' && action !== partAction)
    return refuse(editedCommentCard(task))
  const parts = await capturePartsOf(scopeOf(ctx), task.key)
  if (parts === null || !parts.isUntouched) return refuse(editedTooLateCard(task))
  await rewriteCaptured(ctx, task, contentsOf(ctx, parts))
}
