import type { Question } from '../../../domain/questions/question.ts'
import type { Answered } from '../../../domain/tasks/questions/answer.ts'
import { findMessage, findMessageRow } from '../../../telegram/store/messages/messages.ts'
import { relinkQuestion } from '../../../telegram/store/messages/question-messages.ts'
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
  const shownIn = await ctx.sender.edit(
    messageId,
    ownQuestionCard(question, viewerOf(ctx)),
    aboutOf(question),
  )
  if (shownIn !== messageId) await relink(ctx, question, shownIn)
}

/** Shows an open question in a new message, and removes the one before. */
export async function resendOwnQuestion(ctx: BotContext, question: Question): Promise<void> {
  const before = await findOwnMessage(ctx, question)
  const sent = await ctx.sender.send(ownQuestionCard(question, viewerOf(ctx)), aboutOf(question))
  await relink(ctx, question, sent)
  if (before !== null) await ctx.sender.remove(before)
}

function aboutOf({ id, taskId }: Question) {
  return { purpose: 'question', taskId, topic: { kind: 'question', questionId: id } } as const
}

async function relink(ctx: BotContext, { id }: Question, messageId: number): Promise<void> {
  const { chatId } = ctx.settings
  const row = chatId === null ? null : await findMessage(ctx.board.db, chatId, messageId)
  if (row !== null) await relinkQuestion(ctx.deps.store, id, row.id)
}
