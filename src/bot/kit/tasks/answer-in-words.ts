import { answerQuestion } from '../../../domain/tasks/questions/answer.ts'
import { signs } from '../../../view/kit/signs.ts'
import { answeredNotice, lateAnswerNotice } from '../../../view/tasks/handoffs.ts'
import { acknowledge } from '../acknowledge.ts'
import { type BotContext, viewerOf } from '../context.ts'
import { notifyRunner } from '../runner.ts'
import { sendTask } from '../show.ts'

/** Answers an agent's question with text and sends the task's card. */
export async function answerInWords(ctx: BotContext, questionId: string, text: string): Promise<void> {
  const answered = await answerQuestion(ctx.board, questionId, { text })
  const { task, auditId: undo, isLate } = answered
  await acknowledge(ctx, signs.kept)
  if (task === null) return
  if (isLate) {
    await sendTask(ctx, task, { notice: lateAnswerNotice(answered, viewerOf(ctx), true), undo })
    return
  }
  await sendTask(ctx, task, { undo, ...answeredNotice(answered, task, 'card') })
  await notifyRunner(ctx, task)
}
