import type { Change, Recorded } from '../../core/commit/commit.ts'
import type { Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { parse } from '../../core/parse.ts'
import type { Scope } from '../../core/scope.ts'
import { type AnswerInput, decideAnswer } from '../../questions/decide-answer.ts'
import { lostOptions } from '../../questions/new-question.ts'
import {
  type Question,
  type QuestionAnswer,
  type QuestionDraft,
  toComment,
} from '../../questions/question.ts'
import { allowForSession } from '../../questions/session-rules.ts'
import { closeQuestion, findQuestion, saveDraft, type VersionedQuestion } from '../../questions/store.ts'
import { decideEdit } from '../edit/decide-edit.ts'
import { readEditState } from '../edit/edit-state.ts'
import { findTask, requireTask } from '../read.ts'
import { TaskEdit } from '../schemas.ts'
import { taskAudit } from '../snapshot.ts'
import { runOf, type Task } from '../task.ts'
import { taskUpdate } from '../write.ts'
import { questionEvent } from './question-event.ts'

export type { AnswerInput } from '../../questions/decide-answer.ts'

/** The outcome of an answer. */
export interface Answered {
  /** The question afterward. */
  readonly question: Question
  /** Its task afterward; null without one. */
  readonly task: Task | null
  /** The change, for undo; null if nothing changed, or if an agent may already have the answer. */
  readonly auditId: string | null
  /** The question or the item was closed before: nothing changed, and words became a comment. */
  readonly isLate: boolean
}

/**
 * Answers the current item of a question, in one statement. The last item closes it: an agent that waits gets the answer, and a task
 * whose run ended with the question is handed back. Throws `not-found` if the question doesn't exist or its task is deleted, and
 * `invalid` for an unknown option.
 */
export async function answerQuestion(ctx: Ctx, questionId: string, input: AnswerInput): Promise<Answered> {
  const answered = await ctx.commit(async (db): Promise<Change<Answered>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const question = await findQuestion(scope, questionId)
    const isLost = question?.returnsTo != null && question.taskId === null
    if (question === null || isLost) throw new DomainError('not-found', 'This question no longer exists.')
    if (question.state !== 'open') return keepLateWords(ctx, scope, question, input)
    const decided = decideAnswer(question, input)
    switch (decided.kind) {
      case 'late':
        return keepLateWords(ctx, scope, question, input)
      case 'draft': {
        const { draft } = decided
        const result = await withDraft(scope, question, draft)
        return { unchanged: true, result, rows: [saveDraft(question, draft)] }
      }
      case 'answered':
        return close(ctx, scope, question, decided.answer, input)
    }
  })
  // Another question of the task may be open now.
  const isOutdated = answered.task?.question?.id === questionId && answered.question.state !== 'open'
  return isOutdated ? { ...answered, task: await requireTask(ctx, answered.task.id) } : answered
}

/** Returns a question and its task as they are once a draft is saved. */
export async function withDraft(scope: Scope, question: Question, draft: QuestionDraft): Promise<Answered> {
  const task = question.taskId === null ? null : await findTask(scope, question.taskId)
  const isShown = task?.question?.id === question.id
  return {
    question: { ...question, draft },
    task: task?.question && isShown ? { ...task, question: { ...task.question, draft } } : task,
    auditId: null,
    isLate: false,
  }
}

async function keepLateWords(
  ctx: Ctx,
  scope: Scope,
  question: VersionedQuestion,
  { text }: AnswerInput,
): Promise<Change<Answered>> {
  const late = { question, auditId: null, isLate: true }
  const task = question.taskId === null ? null : await findTask(scope, question.taskId)
  const comment = text?.trim()
  if (!comment || task === null) return { unchanged: true, result: { ...late, task } }
  const edit = parse(TaskEdit, { comment })
  const change = decideEdit(ctx, await readEditState(ctx, scope.db, task.id, edit), edit)
  return { ...change, result: { ...late, task: change.result.task, auditId: change.result.auditId } }
}

async function close(
  ctx: Ctx,
  scope: Scope,
  question: VersionedQuestion,
  answer: QuestionAnswer,
  input: AnswerInput,
): Promise<Change<Answered>> {
  const now = ctx.now()
  const rows = [
    closeQuestion(question, answer, now),
    ...(input.forSession ? [allowForSession(question, now)] : []),
  ]
  const closed: Question = {
    ...question,
    state: 'answered',
    answer,
    draft: null,
    answeredBy: 'chat',
    answeredAt: now,
    closedAt: now,
  }
  const task = question.taskId === null ? null : await findTask(scope, question.taskId)
  if (task === null) {
    const { id, kind } = question
    return {
      result: { question: closed, task: null, auditId: null, isLate: false },
      rows,
      events: [],
      audit: [{ action: 'question.answer', targetType: 'question', targetId: id, meta: { kind } }],
      notifies: true,
    }
  }
  return closeOnTask(ctx, scope, { closed, task, rows })
}

/** Closes the question of a task: hands the task back, tells the agent that waits, or leaves the answer as a comment. */
async function closeOnTask(
  ctx: Ctx,
  { db }: Scope,
  { closed, task, rows }: { readonly closed: Question; readonly task: Task; readonly rows: readonly Write[] },
): Promise<Recorded<Answered>> {
  const { id } = closed
  const edit = parse(TaskEdit, editFor(closed, task))
  const state = await readEditState(ctx, db, task.id, edit)
  // A handed-back task withdraws its other questions.
  const openQuestions = state.openQuestions.filter((other) => other !== id)
  const change = decideEdit(ctx, { ...state, openQuestions }, edit)
  const [entry, ...others] =
    'unchanged' in change ? [taskAudit('task.answer', state.task, state.task)] : change.audit
  const meta = { ...entry.meta, closedQuestions: [...(entry.meta.closedQuestions ?? []), id] }
  const isLast = openQuestions.length === 0 || closed.returnsTo !== null
  const after = {
    ...change.result.task,
    ...(isLast ? { question: null } : {}),
    updatedAt: ctx.now(),
  }
  return {
    result: { question: closed, task: after, auditId: entry.id, isLate: false },
    // The run's next change must notice the answer, so the task's version always changes.
    rows: [...rows, ...('unchanged' in change ? [taskUpdate(state, after)] : change.rows)],
    events: [
      ...(closed.returnsTo === null ? [questionEvent(task)] : []),
      ...('unchanged' in change ? [] : change.events),
    ],
    audit: [{ ...entry, action: 'task.answer', meta }, ...others],
  }
}

/** Returns what an answer does to the task. */
function editFor(question: Question, task: Task): TaskEdit {
  const { kind, returnsTo, answer } = question
  if (returnsTo === null) {
    // The agent waits for it; without a run, it may never come back.
    const isAwaited = runOf(task) !== null
    return isAwaited || answer === null ? {} : { comment: toComment({ ...question, answer }) }
  }
  const [item] = answer?.items ?? []
  const comment = item?.text ?? ''
  const queued = { runState: 'queued', withoutAnswer: true } as const
  const [option] = item?.options ?? []
  if (option?.id === lostOptions[0].id) return { ...queued, status: returnsTo }
  if (kind !== 'plan' && option?.id !== lostOptions[1].id) return { ...queued, status: returnsTo, comment }
  if (option?.id === 'go') return { ...queued, status: 'todo' }
  if (option?.id === 'hold') return { status: 'hold', runState: null }
  return { ...queued, status: 'inbox', comment }
}
