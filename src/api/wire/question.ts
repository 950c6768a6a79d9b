import { z } from '@hono/zod-openapi'
import { AsciiName, text } from '../../domain/core/text.ts'
import {
  AskedKind,
  ItemInput,
  OptionInputs,
  QuestionText,
  QuestionTimeout,
} from '../../domain/questions/new-question.ts'
import { type Question, questionKinds, questionStates } from '../../domain/questions/question.ts'
import { Instant, TaskReference } from './common.ts'

const Option = z.object({ id: z.string(), label: z.string() })

/** A question as agents read it. */
export const QuestionJson = z
  .object({
    id: z.uuid(),
    kind: z.enum(questionKinds),
    state: z.enum(questionStates),
    task_key: z.string().nullable(),
    items: z.array(
      z.object({
        id: z.string(),
        text: z.string(),
        options: z.array(Option.extend({ description: z.string().optional() })),
        multi: z.boolean(),
      }),
    ),
    text: z.string().optional().openapi({ description: 'With one item: its text' }),
    options: z.array(Option.extend({ description: z.string().optional() })).optional(),
    answer: z
      .object({
        by: z.enum(['chat', 'terminal', 'timeout', 'agent']),
        at: Instant,
        items: z.array(z.object({ id: z.string(), text: z.string(), options: z.array(Option) })),
        text: z.string().optional().openapi({ description: 'With one item: its answer' }),
        options: z.array(Option).optional(),
      })
      .optional(),
    expires_at: Instant.nullable(),
  })
  .openapi('Question')
export type QuestionJson = z.infer<typeof QuestionJson>

/** Builds a question's JSON. */
export function toQuestionJson(question: Question): QuestionJson {
  const { id, kind, state, taskKey, items, answer, answeredBy, answeredAt, expiresAt } = question
  const [item, ...others] = items
  const isSingle = item !== undefined && others.length === 0
  return {
    id,
    kind,
    state,
    task_key: taskKey,
    items: items.map(({ options, ...rest }) => ({ ...rest, options: [...options] })),
    ...(isSingle ? { text: item.text, options: [...item.options] } : {}),
    ...(answer === null || answeredBy === null || answeredAt === null
      ? {}
      : { answer: { by: answeredBy, at: answeredAt.toISOString(), ...toAnswerJson(answer, isSingle) } }),
    expires_at: expiresAt?.toISOString() ?? null,
  }
}

function toAnswerJson({ items }: NonNullable<Question['answer']>, isSingle: boolean) {
  const all = items.map(({ options, ...rest }) => ({ ...rest, options: [...options] }))
  const [item] = all
  return { items: all, ...(isSingle && item ? { text: item.text, options: item.options } : {}) }
}

/** The body of POST /api/questions. */
export const QuestionBody = z
  .object({
    task: TaskReference.optional(),
    kind: AskedKind.optional(),
    question: QuestionText.optional(),
    options: OptionInputs.optional(),
    multi: z.boolean().optional(),
    items: z
      .array(ItemInput)
      .min(1)
      .max(4)
      .optional()
      .openapi({ description: 'Several questions in one, instead of `question`' }),
    detail: text(50_000).optional().openapi({ description: 'A command, a diff or a plan' }),
    default: text(1_000).optional().openapi({
      description: "What counts as the answer after the timeout: an option's ID or label, or text",
    }),
    timeout_s: QuestionTimeout.optional().openapi({
      description: 'Seconds until the question expires; 3600 if absent',
    }),
    wait: z.number().min(0).max(50).optional().openapi({ description: 'Seconds to wait for the answer' }),
    key: AsciiName.optional().openapi({ description: 'The same key is the same question' }),
  })
  .refine(({ question, items }) => (question === undefined) !== (items === undefined), {
    error: 'needs either question or items',
    path: ['question'],
  })
  .openapi('NewQuestion')
