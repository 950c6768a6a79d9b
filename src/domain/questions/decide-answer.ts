import { DomainError } from '../core/errors.ts'
import {
  currentItem,
  type OpenQuestion,
  type QuestionAnswer,
  type QuestionDraft,
  type QuestionItem,
} from './question.ts'

/** The owner's answer to the current item of a question: options by ID, words, or a choice that another tap may change. */
export interface AnswerInput {
  /** The item that was shown. Absent: the current one. */
  readonly item?: string
  readonly options?: readonly string[]
  readonly text?: string
  /** Adds or removes these options from a choice of several; the item stays open. */
  readonly toggles?: boolean
  /** Allows the same tool use for the rest of the session. */
  readonly forSession?: boolean
}

/** What an answer does to an open question. */
export type DecidedAnswer =
  | { readonly kind: 'answered'; readonly answer: QuestionAnswer }
  /** Part of it: more items follow, or the choice isn't done. */
  | { readonly kind: 'draft'; readonly draft: QuestionDraft }
  /** The item was answered before. */
  | { readonly kind: 'late' }

/**
 * Decides what an answer does to an open question. Words never allow anything. Throws `invalid` for an unknown option, for
 * an empty answer, and for a permission without its option.
 */
export function decideAnswer(
  question: Pick<OpenQuestion, 'kind' | 'items' | 'draft' | 'tool'>,
  input: AnswerInput,
): DecidedAnswer {
  const item = currentItem(question)
  if (item === undefined) throw new DomainError('invalid', 'This question has nothing to answer.')
  if (input.item !== undefined && input.item !== item.id) return { kind: 'late' }
  const answered = question.draft?.items ?? []
  const { words } = question.draft ?? {}
  const kept = words === undefined ? {} : { words }
  const isWritten = Boolean(input.text?.trim())
  // Done confirms what is chosen so far.
  const ids = input.options ?? (item.multi && !isWritten ? question.draft?.chosen : undefined) ?? []
  const chosen = optionsOf(item, ids)
  if (input.toggles) {
    if (!item.multi) throw new DomainError('invalid', 'The question takes one option.')
    const before = question.draft?.chosen ?? []
    const added = ids.filter((id) => !before.includes(id))
    const after = [...before.filter((id) => !ids.includes(id)), ...added]
    return { kind: 'draft', draft: { items: answered, chosen: after, ...kept } }
  }
  const answer = { items: [...answered, toItemAnswer(question, item, { ...input, chosen })] }
  return answer.items.length < question.items.length
    ? { kind: 'draft', draft: { ...answer, chosen: [], ...kept } }
    : { kind: 'answered', answer }
}

function toItemAnswer(
  { kind, tool }: Pick<OpenQuestion, 'kind' | 'tool'>,
  item: QuestionItem,
  { text = '', chosen, forSession }: AnswerInput & { readonly chosen: readonly Chosen[] },
): QuestionAnswer['items'][number] {
  const words = text.trim()
  const options = inOrder(item, chosen)
  if (options.length > 1 && !item.multi) throw new DomainError('invalid', 'The question takes one option.')
  if (kind === 'permission' && options.length === 0)
    throw new DomainError('invalid', 'Words alone decide nothing here: choose Allow or Deny.')
  if (forSession && (options[0]?.id !== 'allow' || tool === null || tool.isDangerous))
    throw new DomainError('invalid', 'This can only be allowed once.')
  const answer = words || options.map(({ label }) => label).join(', ')
  if (answer === '') throw new DomainError('invalid', 'An answer needs an option or words.')
  return { id: item.id, text: answer, options }
}

type Chosen = Pick<QuestionItem['options'][number], 'id' | 'label'>

function optionsOf({ options }: QuestionItem, ids: readonly string[]): Chosen[] {
  return ids.map((id) => {
    const option = options.find((one) => one.id === id)
    if (option === undefined) throw new DomainError('invalid', 'The question does not have that option.')
    return { id: option.id, label: option.label }
  })
}

function inOrder({ options }: QuestionItem, chosen: readonly Chosen[]): Chosen[] {
  const ids = options.map(({ id }) => id)
  return [...chosen].sort((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id))
}
