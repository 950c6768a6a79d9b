import { Composer } from 'grammy'
import type { Message } from 'grammy/types'
import { captureOfMessage, isUntouched } from '../../domain/captures.ts'
import { editTask } from '../../domain/tasks/edit.ts'
import { moveToProject } from '../../domain/tasks/move-project.ts'
import { findTask } from '../../domain/tasks/read.ts'
import { captureNotice, editedCommentCard, editedTooLateCard } from '../../view/capture.ts'
import type { Card } from '../../view/card.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { wholeText } from '../message-text.ts'
import { refreshCard } from '../show.ts'
import { fieldsOf, readDraft } from './capture.ts'

/** An edited message edits the task that was made of it, while nobody has touched that. */
export function capturedEdits(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('edited_message', (ctx) => editCaptured(ctx, ctx.editedMessage))
  return composer
}

async function editCaptured(ctx: BotContext, message: Message): Promise<void> {
  const captured = await captureOfMessage(scopeOf(ctx), message.message_id)
  const task = captured === null ? null : await findTask(scopeOf(ctx), captured.trace.taskId)
  if (captured === null || task === null) return
  const { message: original } = captured.update as { readonly message?: Message }
  // Telegram also reports an edit where only a link's preview has come.
  const isSame = original !== undefined && wholeText(original) === wholeText(message)
  const refuse = async (card: Card) => {
    if (!isSame)
      await ctx.sender.say(card, { purpose: 'answer', taskId: task.id, replyTo: message.message_id })
  }
  if (captured.trace.action !== 'task.create' && captured.trace.action !== 'task.edit')
    return refuse(editedCommentCard(task))
  if (!(await isUntouched(scopeOf(ctx), task.key))) return refuse(editedTooLateCard(task))
  const { draft } = await readDraft(ctx, wholeText(message).replace(/^\/new(?:@\w+)?\s+/i, ''))
  const { auditId } = await editTask(ctx.board, task.id, fieldsOf(draft))
  const isMoved = draft.projectKey !== null && draft.projectKey !== task.project.key
  if (isMoved) await moveToProject(ctx.board, task.id, draft.projectKey)
  const edited = await findTask(scopeOf(ctx), task.id)
  if (edited === null || (auditId === null && !isMoved)) return
  await refreshCard(ctx, edited, { notice: captureNotice(draft), undo: isMoved ? null : auditId })
}
