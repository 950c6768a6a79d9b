import { answerQuestion } from '../../../domain/tasks/answer.ts'
import { signs } from '../../../view/kit/signs.ts'
import { answeredNotice, lateAnswerNotice } from '../../../view/tasks/handoffs.ts'
import { acknowledge } from '../acknowledge.ts'
import { type BotContext, viewerOf } from '../context.ts'
import { notifyRunner } from '../runner.ts'
import { sendTask } from '../show.ts'

/** Answers an agent's question with text and sends the task's card. */
export async function answerInWords(ctx: BotContext, questionId: string, text: string): Promise<void> {
  const answered = await answerQuestion(ctx.board, questionId, { text })
  await acknowledge(ctx, signs.kept)
  if (answered.isLate) {
    const notice = lateAnswerNotice(answered, viewerOf(ctx), true)
    await sendTask(ctx, answered.task, { notice, undo: answered.auditId })
    return
  }
  await sendTask(ctx, answered.task, { undo: answered.auditId, ...answeredNotice(answered, 'card') })
  await notifyRunner(ctx, answered.task)
}
