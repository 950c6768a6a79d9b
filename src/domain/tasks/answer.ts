import type { Change, Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'
import type { Question, QuestionAnswer, QuestionItem } from '../questions/question.ts'
import { closeQuestion, findQuestion } from '../questions/store.ts'
import { applyEdit, type Edited } from './edit/edit.ts'
import { lockLanesForEnd } from './edit/order.ts'
import { lockTask } from './lock.ts'
import { TaskEdit } from './schemas.ts'

/** The owner's answer to a question: options by ID, or text. */
export interface AnswerInput {
  readonly options?: readonly string[]
  readonly text?: string
}

/** The outcome of an answer. A closed question is returned unchanged, and the text becomes a comment. */
export interface Answered extends Edited {
  readonly question: Question
  readonly isLate: boolean
}

/**
 * Answers a question and hands its task back to an agent, in one transaction. Throws `not-found` if the question doesn't exist or
 * its task is deleted, and `invalid` for an unknown option.
 */
export async function answerQuestion(ctx: Ctx, questionId: string, input: AnswerInput): Promise<Answered> {
  return ctx.mutate(async (tx): Promise<Change<Answered>> => {
    const scope = { db: tx, ownerId: ctx.ownerId }
    const found = await findQuestion(scope, questionId)
    if (found === null || found.taskId === null)
      throw new DomainError('not-found', 'This question no longer exists.')
    await lockLanesForEnd(tx, ctx.ownerId)
    const task = await lockTask(ctx, tx, found.taskId)
    // Read again: another answer may have held the lock until now.
    const question = (await findQuestion(scope, questionId)) ?? found
    if (question.state !== 'open') {
      const comment = input.text?.trim()
      if (!comment) return { unchanged: true, result: { task, auditId: null, question, isLate: true } }
      const change = await applyEdit(ctx, tx, task.id, parse(TaskEdit, { comment }))
      return { ...change, result: { ...change.result, question, isLate: true } }
    }
    const answer = toAnswer(question, input)
    await closeQuestion(tx, question.id, answer, ctx.now())
    const edit = editFor(question, answer)
    const change = await applyEdit(ctx, tx, task.id, parse(TaskEdit, { ...edit, withoutAnswer: true }))
    if ('unchanged' in change) throw new Error(`the answer to ${question.id} changes nothing`)
    const [entry, ...others] = change.audit
    const meta = { ...entry.meta, closedQuestions: [question.id] }
    return {
      ...change,
      result: {
        ...change.result,
        task: { ...change.result.task, question: null },
        question: { ...question, state: 'answered', answer },
        isLate: false,
      },
      audit: [{ ...entry, action: 'task.answer', meta }, ...others],
    }
  })
}

function toAnswer({ items }: Question, input: AnswerInput): QuestionAnswer {
  const [item] = items
  if (item === undefined) throw new DomainError('invalid', 'This question has nothing to answer.')
  const options = chosenFrom(item, input.options ?? [])
  const words = input.text?.trim() ?? ''
  const text = words || options.map(({ label }) => label).join(', ')
  if (text === '') throw new DomainError('invalid', 'An answer needs an option or words.')
  return { items: [{ id: item.id, text, options }] }
}

function chosenFrom({ options, multi }: QuestionItem, ids: readonly string[]) {
  const chosen = ids.map((id) => {
    const option = options.find((one) => one.id === id)
    if (option === undefined) throw new DomainError('invalid', 'The question does not have that option.')
    return { id: option.id, label: option.label }
  })
  if (chosen.length > 1 && !multi) throw new DomainError('invalid', 'The question takes one option.')
  return chosen
}

/** Returns what an answer does to the task: a block continues, a plan is accepted, changed or set aside. */
function editFor({ kind, returnsTo }: Question, { items }: QuestionAnswer): TaskEdit {
  const [item] = items
  const comment = item?.text ?? ''
  switch (kind) {
    case 'plan': {
      const [option] = item?.options ?? []
      if (option?.id === 'go') return { status: 'todo', runState: 'queued' }
      if (option?.id === 'hold') return { status: 'hold', runState: null }
      return { status: 'inbox', runState: 'queued', comment }
    }
    case 'block':
      return { status: returnsTo ?? 'todo', runState: 'queued', comment }
    default:
      return { comment }
  }
}
