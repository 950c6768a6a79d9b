import { z } from 'zod'
import type { Engine, QuestionAnswer, QuestionItem, TaskStatus } from '../../db/schema.ts'
import { DomainError } from '../core/errors.ts'
import { isVisible, lineText, plainText } from '../core/text.ts'
import type { NewQuestion } from './question.ts'

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

const maxItemText = 1_000

/** A question's words, of at most 1,000 characters. */
export const QuestionText = plainText(maxItemText).pipe(z.string().refine(isVisible, 'must not be blank'))

/** One of up to four parts of a question, each with its own answer. */
export const ItemInput = z.object({
  text: QuestionText,
  options: OptionInputs.optional(),
  /** Several options may be chosen. */
  multi: z.boolean().optional(),
})
export type ItemInput = z.input<typeof ItemInput>

/** How long a question may stay open, in seconds. */
export const QuestionTimeout = z.int().min(30).max(604_800)
export const defaultTimeoutS = 3_600

/** What an agent may ask while it goes on waiting. */
export const AskedKind = z.enum(['ask', 'permission', 'plan'])
export type AskedKind = z.infer<typeof AskedKind>

/** The only options of a permission. */
export const permissionOptions = [
  { id: 'allow', label: 'Allow' },
  { id: 'deny', label: 'Deny' },
] as const satisfies QuestionItem['options']

/** The options of an agent's plan that it waits for. A written answer asks for another plan. */
export const approvalOptions = [
  { id: 'approve', label: 'Approve' },
  { id: 'approve-edits', label: 'Approve and let it edit' },
] as const satisfies QuestionItem['options']

/** Builds the items of a question. Throws `invalid` if a permission or plan has its own options. */
export function toItems(kind: AskedKind, given: readonly z.output<typeof ItemInput>[]): QuestionItem[] {
  return given.map(({ text, options = [], multi = false }, index) => {
    const item = { id: String(index + 1), text, multi }
    if (kind === 'ask') return { ...item, options: toOptions(options) }
    if (options.length > 0 || multi || given.length > 1)
      throw new DomainError('invalid', `A ${kind} has fixed options; leave out options, multi and items.`)
    return { ...item, options: kind === 'permission' ? [...permissionOptions] : [...approvalOptions] }
  })
}

/** Builds the answer that a question has if nobody answers in time: an option's ID or label, or text. */
export function toDefault(
  kind: AskedKind,
  items: readonly QuestionItem[],
  given: string | undefined,
): QuestionAnswer | null {
  if (given === undefined) return null
  const [item, ...others] = items
  if (kind !== 'ask') throw new DomainError('invalid', `A ${kind} takes no default: time approves nothing.`)
  if (item === undefined || others.length > 0)
    throw new DomainError('invalid', 'A question with several items takes no default.')
  const option =
    item.options.find(({ id }) => id === given) ?? item.options.find(({ label }) => label === given)
  const options = option === undefined ? [] : [{ id: option.id, label: option.label }]
  return { items: [{ id: item.id, text: option?.label ?? given, options }] }
}

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

/** The options of a plan that ended its run. A written answer asks for another plan. */
export const planOptions = [
  { id: 'go', label: 'Go' },
  { id: 'hold', label: 'Hold' },
] as const satisfies QuestionItem['options']

/** Builds the question of a plan that ended its run: may an agent go ahead? */
export function planQuestion(plan: {
  readonly markdown: string
  readonly engine: Engine | null
}): NewQuestion {
  const item = { id: '1', text: 'Go ahead with this plan?', options: [...planOptions], multi: false }
  return { kind: 'plan', items: [item], detail: plan.markdown, engine: plan.engine, returnsTo: 'todo' }
}

/** The options of the question about a lost run: to queue its task again, or to keep it on hold. */
export const lostOptions = [
  { id: 'queue', label: 'Queue again' },
  { id: 'hold', label: 'Keep on hold' },
] as const satisfies QuestionItem['options']

/** Builds the question about a lost run. After the second loss in a row, queueing again is no longer offered. */
export function lostQuestion(lost: {
  readonly text: string
  readonly isSecond: boolean
  readonly engine: Engine | null
  readonly returnsTo: TaskStatus
}): NewQuestion {
  const { text, isSecond, engine, returnsTo } = lost
  const options = lostOptions.slice(isSecond ? 1 : 0)
  return {
    kind: 'block',
    items: [{ id: '1', text, options, multi: false }],
    detail: null,
    engine,
    returnsTo,
  }
}

/** Tests whether a question is about a lost run. An agent's own options have numbers as IDs. */
export function isAboutLostRun({ kind, items }: Pick<NewQuestion, 'kind' | 'items'>): boolean {
  return kind === 'block' && (items[0]?.options.some(({ id }) => id === lostOptions[1].id) ?? false)
}

function toOptions(options: readonly OptionInput[]): QuestionItem['options'] {
  return options.map((option, index) => ({
    id: String(index + 1),
    ...(typeof option === 'string' ? { label: option } : { label: option.label }),
    ...(typeof option === 'string' || !option.description ? {} : { description: option.description }),
  }))
}
