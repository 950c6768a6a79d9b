import { z } from 'zod'
import type {
  Answerer,
  Engine,
  QuestionAnswer,
  QuestionItem,
  QuestionKind,
  QuestionState,
  TaskStatus,
} from '../../db/schema.ts'
import { lineText, plainText } from '../core/text.ts'

export type { Answerer, QuestionAnswer, QuestionItem, QuestionKind, QuestionState } from '../../db/schema.ts'

/** An option from an agent: a label of at most 200 characters, or a label with a description. */
export const OptionInput = z.union([
  lineText(200),
  z.object({
    label: lineText(200),
    description: plainText(1_000).optional(),
  }),
])
export type OptionInput = z.input<typeof OptionInput>

/** Up to six options of one item. */
export const OptionInputs = z.array(OptionInput).max(6)

type QuestionOption = QuestionItem['options'][number]

/** An open question, as part of its task. */
export interface OpenQuestion {
  readonly id: string
  readonly kind: QuestionKind
  readonly items: readonly QuestionItem[]
  readonly detail: string | null
  /** The name of the token that asked; null if it is unknown. */
  readonly name: string | null
  readonly engine: Engine | null
  readonly askedAt: Date
}

/** A question in any state. */
export interface Question extends OpenQuestion {
  readonly taskId: string | null
  readonly state: QuestionState
  readonly answer: QuestionAnswer | null
  readonly answeredBy: Answerer | null
  readonly answeredAt: Date | null
  readonly returnsTo: TaskStatus | null
}

/** A new question. */
export interface NewQuestion {
  readonly kind: QuestionKind
  readonly items: readonly QuestionItem[]
  readonly detail: string | null
  readonly engine: Engine | null
  readonly returnsTo: TaskStatus
}

const maxItemText = 1_000

/** Builds the question of a block. `detail` keeps a reason that is too long for an item. */
export function blockQuestion(block: {
  readonly reason: string
  readonly options: readonly OptionInput[]
  readonly engine: Engine | null
  readonly returnsTo: TaskStatus
}): NewQuestion {
  const points = [...block.reason]
  const isLong = points.length > maxItemText
  const words = isLong ? `${points.slice(0, maxItemText - 1).join('')}…` : block.reason
  const item = { id: '1', text: words, options: toOptions(block.options), multi: false }
  const detail = isLong ? block.reason : null
  return { kind: 'block', items: [item], detail, engine: block.engine, returnsTo: block.returnsTo }
}

/** The options of a plan question. A written answer asks for another plan. */
export const planOptions = [
  { id: 'go', label: 'Go' },
  { id: 'hold', label: 'Hold' },
] as const satisfies readonly QuestionOption[]

/** Builds the question of a plan: may the agent go ahead? */
export function planQuestion(plan: {
  readonly markdown: string
  readonly engine: Engine | null
}): NewQuestion {
  const item = { id: '1', text: 'Go ahead with this plan?', options: planOptions, multi: false }
  return { kind: 'plan', items: [item], detail: plan.markdown, engine: plan.engine, returnsTo: 'todo' }
}

function toOptions(options: readonly OptionInput[]): QuestionOption[] {
  return options.map((option, index) => ({
    id: String(index + 1),
    ...(typeof option === 'string' ? { label: option } : { label: option.label }),
    ...(typeof option === 'string' || !option.description ? {} : { description: option.description }),
  }))
}

/** Returns the question's first line for lists and notifications. */
export function firstItemText(question: Pick<OpenQuestion, 'items'>): string {
  return question.items[0]?.text ?? ''
}
