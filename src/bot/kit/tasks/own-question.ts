import type { Question } from '../../../domain/questions/question.ts'
import type { Answered } from '../../../domain/tasks/questions/answer.ts'
import { findMessageRow } from '../../../telegram/store/messages/messages.ts'
import { ownQuestionCard } from '../../../view/tasks/questions/question-card.ts'
import { type BotContext, viewerOf } from '../context.ts'

/** Returns the ID of the message that shows only this question; null if its task's card shows it. */
export async function findOwnMessage(
  ctx: BotContext,
  { messageId }: Pick<Question, 'messageId'>,
): Promise<number | null> {
  const row = messageId === null ? null : await findMessageRow(ctx.board.db, messageId)
  return row?.messageId ?? null
}

/** Shows the state of a question in its own message. One about a task is removed once it is closed. */
export async function showOwnQuestion(
  ctx: BotContext,
  { question, task }: Pick<Answered, 'question' | 'task'>,
  messageId: number,
): Promise<void> {
  if (question.state !== 'open' && task !== null && (await ctx.sender.remove(messageId))) return
  await ctx.sender.edit(messageId, ownQuestionCard(question, viewerOf(ctx)), {
    purpose: 'question',
    taskId: question.taskId,
    topic: { kind: 'question', questionId: question.id },
  })
}
