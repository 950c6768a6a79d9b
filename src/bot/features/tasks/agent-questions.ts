import { isAnswerUndoable } from '../../../domain/questions/question.ts'
import { findQuestion, listWithoutTask } from '../../../domain/questions/store.ts'
import { type Answered, type AnswerInput, answerQuestion } from '../../../domain/tasks/questions/answer.ts'
import { questionCard, toasts } from '../../../view/kit/answers.ts'
import {
  type AnswerWay,
  answerTap,
  itemTap,
  ownQuestionsTap,
  type QuestionPrompt,
  type Surface,
  wordsTap,
} from '../../../view/tasks/callbacks.ts'
import { answeredNotice, answerToast, lateAnswerNotice } from '../../../view/tasks/handoffs.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import {
  createFeature,
  type Feature,
  onAnswer,
  onReply,
  onTap,
  type PromptAnswer,
} from '../../kit/feature.ts'
import { ask, nameOf } from '../../kit/prompts.ts'
import { notifyRunner } from '../../kit/runner.ts'
import { refreshCard, showTask } from '../../kit/show.ts'
import { answerInWords } from '../../kit/tasks/answer-in-words.ts'
import { topicOfMessage } from '../../kit/tasks/list-query.ts'
import { resendOwnQuestion, showOwnQuestion } from '../../kit/tasks/own-question.ts'
import { toast } from '../../kit/toast.ts'

/** The buttons and prompts that answer an agent's question, and replies to a message with only a question. */
export function agentQuestions(): Feature {
  const feature = createFeature()
  onTap(feature, answerTap, (ctx, { on, question, option }) =>
    answer(ctx, on, question, { options: [option] }),
  )
  onTap(feature, itemTap, async (ctx, { on, question, item, way, option }) =>
    answer(ctx, on, question, { item, ...(await inputFor(ctx, question, way, option)) }),
  )
  onTap(feature, wordsTap, askForWords)
  onTap(feature, ownQuestionsTap, showAgain)
  onAnswer(feature, 'answer', (ctx, given) => answerPrompt(ctx, given))
  onAnswer(feature, 'change', (ctx, given) => answerPrompt(ctx, given))
  onAnswer(feature, 'deny', (ctx, given) => answerPrompt(ctx, given, ['deny']))
  onReply(feature, 'question', (ctx, { questionId }, { withQuote }) =>
    answerInWords(ctx, questionId, withQuote),
  )
  return feature
}

async function inputFor(
  ctx: BotContext,
  question: string,
  way: AnswerWay,
  option: string,
): Promise<AnswerInput> {
  switch (way) {
    case 'choose':
      return { options: [option] }
    case 'toggle':
      return { options: [option], toggles: true }
    case 'done':
      return {}
    case 'session':
      return { options: [option], forSession: true }
    case 'words': {
      const words = (await findQuestion(scopeOf(ctx), question))?.draft?.words
      return { options: [option], ...(words === undefined ? {} : { text: words }) }
    }
  }
}

// A second tap within this time is a double tap, whose card is already current.
const doubleTapMs = 5_000

async function answer(ctx: BotContext, on: Surface, questionId: string, input: AnswerInput): Promise<void> {
  const answered = await answerQuestion(ctx.board, questionId, input)
  await toast(ctx, answerToast(answered) || undefined)
  const tapped = ctx.callbackQuery?.message?.message_id
  const isOwn = on === 'question' || answered.task === null
  if (isOwn && tapped !== undefined) await showOwnQuestion(ctx, answered, tapped)
  if (!isOwn) await showAnswered(ctx, on, answered)
  else if (answered.task !== null && answered.question.state !== 'open' && !answered.isLate)
    await refreshCard(ctx, answered.task, shownAfter(answered, answered.task, 'card'))
  if (answered.task !== null && !answered.isLate) await notifyRunner(ctx, answered.task)
}

async function showAnswered(ctx: BotContext, on: Surface, answered: Answered): Promise<void> {
  const { task, question, isLate } = answered
  if (task === null) return
  if (!isLate) return showTask(ctx, task, shownAfter(answered, task, on))
  const { answeredAt } = question
  const isDouble = answeredAt !== null && ctx.board.now().getTime() - answeredAt.getTime() < doubleTapMs
  if (isDouble && question.state === 'answered') return
  const notice = lateAnswerNotice(answered, viewerOf(ctx), false)
  await showTask(ctx, task, question.state === 'open' ? {} : { notice })
}

function shownAfter(answered: Answered, task: NonNullable<Answered['task']>, on: Surface) {
  return {
    undo: isAnswerUndoable(answered.question) ? answered.auditId : null,
    ...answeredNotice(answered, task, on),
  }
}

// More at once would take the chat's budget for a minute in a group.
const maxShownAgain = 5

/** Sends the open questions without a task again, below everything else. */
async function showAgain(ctx: BotContext): Promise<void> {
  const open = await listWithoutTask(scopeOf(ctx), maxShownAgain)
  await toast(ctx, open.length === 0 ? toasts.alreadyAnswered : undefined)
  for (const question of open) await resendOwnQuestion(ctx, question)
}

/** Prompts for words about an item of a question that is still open. */
async function askForWords(
  ctx: BotContext,
  { question: id, ask: prompt, item }: { question: string; ask: QuestionPrompt; item: string },
): Promise<void> {
  const question = await findQuestion(scopeOf(ctx), id)
  if (question?.state !== 'open') {
    const isOwn = (await topicOfMessage(ctx))?.kind === 'question'
    return answer(ctx, isOwn ? 'question' : 'card', id, {})
  }
  const { taskId } = question
  const topic = {
    kind: 'prompt',
    ask: prompt,
    about: [id, item].join(separator),
    shownIn: ctx.callbackQuery?.message?.message_id,
    ...(taskId === null ? {} : { taskId }),
  } as const
  await ask(ctx, questionCard(prompt, await nameOf(ctx, topic)), topic)
}

const separator = ' '

async function answerPrompt(
  ctx: BotContext,
  { prompt, written, messageId }: PromptAnswer,
  options?: readonly string[],
): Promise<void> {
  // Prompts of earlier versions name no item.
  const [question = '', item] = (prompt.about ?? '').split(separator)
  await answerInWords(ctx, question, written.text, {
    ...(item === undefined ? {} : { item }),
    ...(options === undefined ? {} : { options }),
  })
  await ctx.sender.remove(messageId)
}
