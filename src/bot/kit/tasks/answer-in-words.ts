import { isAnswerUndoable } from '../../../domain/questions/question.ts'
import { findQuestion } from '../../../domain/questions/store.ts'
import { type AnswerInput, answerQuestion } from '../../../domain/tasks/questions/answer.ts'
import { keepWords } from '../../../domain/tasks/questions/keep-words.ts'
import { signs } from '../../../view/kit/signs.ts'
import { answeredNotice, lateAnswerNotice, wordsKeptNotice } from '../../../view/tasks/handoffs.ts'
import { acknowledge } from '../acknowledge.ts'
import { type BotContext, scopeOf, viewerOf } from '../context.ts'
import { notifyRunner } from '../runner.ts'
import { sendTask } from '../show.ts'
import { findOwnMessage, showOwnQuestion } from './own-question.ts'

/** Answers an agent's question with text and sends the task's card. Words about a permission are kept for a denial. */
export async function answerInWords(
  ctx: BotContext,
  questionId: string,
  text: string,
  how: Pick<AnswerInput, 'item' | 'options'> = {},
): Promise<void> {
  const question = await findQuestion(scopeOf(ctx), questionId)
  const ownMessage = question === null ? null : await findOwnMessage(ctx, question)
  const isKept = question?.kind === 'permission' && question.state === 'open' && how.options === undefined
  const answered = isKept
    ? await keepWords(ctx.board, questionId, text)
    : await answerQuestion(ctx.board, questionId, { ...how, text })
  const { task, auditId, isLate } = answered
  const isLost = isLate && task === null
  await acknowledge(ctx, isLost ? signs.tooLate : signs.kept)
  if (ownMessage !== null) await showOwnQuestion(ctx, answered, ownMessage)
  if (isLost) {
    const text = lateAnswerNotice(answered, viewerOf(ctx), false)
    await ctx.sender.send({ text }, { purpose: 'answer', replyTo: ctx.message?.message_id })
  }
  if (task === null) return
  if (isLate) {
    await sendTask(ctx, task, { notice: lateAnswerNotice(answered, viewerOf(ctx), true), undo: auditId })
    return
  }
  const isOfCard = answered.question.state !== 'open' || task.question?.id === questionId
  if (!isOfCard) return
  const undo = isAnswerUndoable(answered.question) ? auditId : null
  await sendTask(ctx, task, {
    undo,
    ...(isKept && answered.question.state === 'open' ? { notice: wordsKeptNotice() } : {}),
    ...answeredNotice(answered, task, 'card'),
  })
  await notifyRunner(ctx, task)
}
