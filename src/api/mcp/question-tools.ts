import { z } from '@hono/zod-openapi'
import { text } from '../../domain/core/text.ts'
import { OptionInputs, QuestionText, QuestionTimeout } from '../../domain/questions/new-question.ts'
import type { Question } from '../../domain/questions/question.ts'
import { requireOwnQuestion } from '../../domain/tasks/questions/close-questions.ts'
import { askAndWait } from '../kit/ask.ts'
import { toQuestionJson } from '../wire/question.ts'
import { idempotencyKey, otherTaskId } from './inputs.ts'
import { defineTool } from './tool.ts'

const wait = z.number().min(0).max(50).optional().describe('Seconds to wait, at most 50')
const options = OptionInputs.optional().describe('To choose from')
const multi = z.boolean().optional().describe('Several may be chosen')

/** The tools with which an agent asks the owner and goes on waiting. */
export const questionTools = [
  defineTool({
    name: 'preq_ask_owner',
    description: 'Asks the owner and keeps your run. If it is still open after wait, call preq_get_answer.',
    kind: 'write',
    input: z.object({
      taskId: otherTaskId.optional().describe('The task of your run if left out'),
      question: QuestionText.optional().describe('The question'),
      options,
      multi,
      items: z
        .array(
          z.object({ text: QuestionText, options: OptionInputs.optional(), multi: z.boolean().optional() }),
        )
        .min(1)
        .max(4)
        .optional()
        .describe('Several questions instead'),
      detail: text(50_000).optional().describe('A command, diff or plan'),
      default: text(1_000).optional().describe('The answer if nobody answers in time'),
      timeoutSeconds: QuestionTimeout.optional().describe('Until it expires'),
      wait,
      key: idempotencyKey.describe('The same key is the same question'),
    }),
    run: async (call, { taskId, timeoutSeconds: timeoutS, wait: seconds = 0, key, ...asking }) => {
      const named = key ?? asking.idempotencyKey ?? call.idempotencyKey
      const question = await askAndWait(
        call.deps,
        call.ctx,
        {
          ...asking,
          timeoutS,
          ...(taskId === undefined ? {} : { task: taskId }),
          ...(named === null ? {} : { key: named }),
        },
        { seconds, until: call.client() },
      )
      return toAnswer(question)
    },
  }),
  defineTool({
    name: 'preq_get_answer',
    description: 'Returns a question that you asked, with its answer once there is one.',
    kind: 'read',
    input: z.object({ id: z.guid().describe('The ID of the question'), wait }),
    run: async (call, { id, wait: seconds = 0 }) => {
      await requireOwnQuestion(call.ctx, id)
      return toAnswer(await call.deps.questions.wait(id, { seconds, until: call.client() }))
    },
  }),
]

function toAnswer(question: Question): Record<string, unknown> {
  return { question: toQuestionJson(question), next: nextStep[question.state] }
}

const nextStep = {
  open: 'The owner has not answered yet. Call preq_get_answer with its id and wait.',
  answered: 'Go on with your work.',
  expired: 'Nobody answered in time. Use the default answer if there is one, else decide carefully or block.',
  withdrawn: 'It is withdrawn: no answer will come. Read the task again.',
} as const satisfies Record<Question['state'], string>
