import type { Change } from '../core/commit/commit.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'
import type { Question, QuestionAnswer, QuestionItem } from '../questions/question.ts'
import { closeQuestion, findQuestion } from '../questions/store.ts'
import { decideEdit, type Edited } from './edit/decide-edit.ts'
import { readEditState } from './edit/edit-state.ts'
import { requireTask } from './read.ts'
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
 * Answers a question and hands its task back to an agent, in one statement. Throws `not-found` if the question doesn't exist or
 * its task is deleted, and `invalid` for an unknown option.
 */
export async function answerQuestion(ctx: Ctx, questionId: string, input: AnswerInput): Promise<Answered> {
  return ctx.commit(async (db): Promise<Change<Answered>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const question = await findQuestion(scope, questionId)
    if (question === null || question.taskId === null)
      throw new DomainError('not-found', 'This question no longer exists.')
    if (question.state !== 'open') {
      const comment = input.text?.trim()
      if (!comment) {
        const task = await requireTask(scope, question.taskId)
        return { unchanged: true, result: { task, auditId: null, question, isLate: true } }
      }
      const edit = parse(TaskEdit, { comment })
      const change = decideEdit(ctx, await readEditState(ctx, db, question.taskId, edit), edit)
      return { ...change, result: { ...change.result, question, isLate: true } }
    }
    const answer = toAnswer(question, input)
    const edit = parse(TaskEdit, { ...editFor(question, answer), withoutAnswer: true })
    const state = await readEditState(ctx, db, question.taskId, edit)
    // The answer closes this question; the edit withdraws the task's others.
    const openQuestions = state.openQuestions.filter((id) => id !== question.id)
    const change = decideEdit(ctx, { ...state, openQuestions }, edit)
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
      rows: [closeQuestion(question.id, answer, ctx.now()), ...change.rows],
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
