import { Composer } from 'grammy'
import type { Message } from 'grammy/types'
import { captureOfMessage, isUntouched } from '../../domain/captures.ts'
import { editTask } from '../../domain/tasks/edit.ts'
import { queueEdit, takeBackEdit } from '../../domain/tasks/handoff.ts'
import { moveToProject } from '../../domain/tasks/move-project.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { TaskEdit } from '../../domain/tasks/schemas.ts'
import { partAction } from '../../domain/tasks/snapshot.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { editedCommentCard, editedTooLateCard } from '../../view/capture.ts'
import type { Card } from '../../view/card.ts'
import { fieldsOf, readDraft, refreshCaptured, withoutCommand } from '../captured.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { wholeText } from '../message-text.ts'
import { sayNotQueued, tellRunner } from '../runner.ts'

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
  const { action } = captured.trace
  if (action !== 'task.create' && action !== 'task.edit' && action !== partAction)
    return refuse(editedCommentCard(task))
  if (!(await isUntouched(scopeOf(ctx), task.key))) return refuse(editedTooLateCard(task))
  const { draft } = await readDraft(ctx, withoutCommand(wholeText(message)))
  const { description: note, ...fields } = fieldsOf(draft)
  const queued = queueing(task, draft.queue)
  const asQueued = { ...task, engine: draft.engine, status: 'todo' } as const
  const refusals = queued.runState === 'queued' ? await tellRunner(ctx, [asQueued]) : []
  const { auditId } = await editTask(ctx.board, task.id, {
    ...fields,
    note,
    ...(refusals.length === 0 ? queued : {}),
  })
  const isMoved = draft.projectKey !== null && draft.projectKey !== task.project.key
  if (isMoved) await moveToProject(ctx.board, task.id, draft.projectKey)
  const edited = await findTask(scopeOf(ctx), task.id)
  if (edited === null || (auditId === null && !isMoved)) return
  await refreshCaptured(ctx, edited, { problems: draft.problems, undo: isMoved ? null : auditId })
  if (refusals.length > 0) await sayNotQueued(ctx, refusals)
}

/** The message says whether its task is queued, as long as nobody else has touched the task. */
function queueing(task: Task, isWanted: boolean): TaskEdit {
  if (isWanted === (task.runState === 'queued')) return {}
  return isWanted ? queueEdit(task) : { ...takeBackEdit(), status: 'inbox' }
}
