import { DomainError } from '../../../domain/core/errors.ts'
import type { TaskStatus } from '../../../domain/core/task-values.ts'
import { currentItem, type OpenQuestion } from '../../../domain/questions/question.ts'
import { type Act, planAct } from '../../../domain/quick-add/acts.ts'
import { type EditOfMany, editTasks } from '../../../domain/tasks/edit/edit-many.ts'
import { type Answered, answerQuestion } from '../../../domain/tasks/questions/answer.ts'
import { keepWords } from '../../../domain/tasks/questions/keep-words.ts'
import { findTasks } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { toasts, toSentence } from '../../../view/kit/answers.ts'
import { notQueued, type RunnerRefusal } from '../../../view/settings/runner.ts'
import type { ChangedTask, Changes } from '../../../view/tasks/changes.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { notifyRunner, withRunner } from '../runner.ts'
import { refreshCard } from '../show.ts'

/** A requested change to a task. */
export interface WantedAct {
  readonly task: Task
  readonly act: Act
}

/** The result of changes to several tasks, including the tasks that couldn't be queued and why. */
export interface ActResult extends Changes {
  readonly refused: readonly Task[]
  readonly refusals: readonly RunnerRefusal[]
}

/**
 * Applies the owner's words to several tasks as one change with one Undo. Stopping an agent or withdrawing a question
 * needs confirmation. Words about a task with an open question answer it.
 */
export async function doActs(ctx: BotContext, wanted: readonly WantedAct[]): Promise<ActResult> {
  const answers = wanted.filter(isAnswer)
  const planned = wanted
    .filter((one) => !isAnswer(one))
    .map((one) => ({ ...one, plan: planAct(one.task, one.act) }))
  const stops: { readonly task: Task; readonly to: TaskStatus }[] = []
  const unanswered: Task[] = []
  const refused: Task[] = []
  const problems: string[] = []
  const edits: EditOfMany[] = []
  for (const { task, plan } of planned) {
    if ('edit' in plan) edits.push({ reference: task.id, edit: plan.edit })
    else if ('stops' in plan) stops.push({ task, to: plan.stops })
    else if ('unanswered' in plan) unanswered.push(task)
    else {
      refused.push(task)
      problems.push(toSentence(plan.refusal))
    }
  }
  const accepted = await withRunner(ctx, edits)
  const isRefused = (id: string) => accepted.refusals.some(({ key }) => key === keyOf(wanted, id))
  const kept = accepted.edits.flatMap((one) => (isRefused(one.reference) ? withoutMove(one) : [one]))
  const { tasks, auditId } = await editTasks(ctx.board, kept)
  const answered = await answerAll(ctx, answers, problems)
  return {
    changed: await readChanged(ctx, planned, kept, tasks),
    answered,
    stops,
    unanswered,
    problems: [...problems, ...accepted.refusals.map(notQueued)],
    auditId,
    refused,
    refusals: accepted.refusals,
  }
}

/** Counts the tasks that changed. */
export function countChanged({ changed, answered }: Changes): number {
  return changed.filter(({ isChanged }) => isChanged).length + answered.length
}

function isAnswer({ task, act }: WantedAct): boolean {
  return act.comment !== undefined && task.question !== null
}

function keyOf(wanted: readonly WantedAct[], id: string): string | undefined {
  return wanted.find(({ task }) => task.id === id)?.task.key
}

/** Returns the rest of an edit whose handoff didn't reach the runner: the task stays where it is. */
function withoutMove({ reference, edit }: EditOfMany): EditOfMany[] {
  const { status: _status, expect: _expect, ...fields }: TaskEdit = edit
  return Object.keys(fields).length === 0 ? [] : [{ reference, edit: fields }]
}

async function answerAll(
  ctx: BotContext,
  answers: readonly WantedAct[],
  problems: string[],
): Promise<Answered[]> {
  const answered: Answered[] = []
  for (const { task, act } of answers) {
    const { question } = task
    const text = act.comment ?? ''
    if (question === null) continue
    try {
      const result = await answerWith(ctx, question, text)
      if (result.question.kind === 'permission') {
        // Words never allow anything, so they are kept for a denial.
        problems.push(`${task.key}: ${toasts.wordsKept}`)
        if (result.task !== null) await refreshCard(ctx, result.task)
        continue
      }
      answered.push(result)
      if (result.task !== null) await notifyRunner(ctx, result.task)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      problems.push(`${task.key}: ${toSentence(error.message)}`)
    }
  }
  return answered
}

/** Answers the current item: with the option of this label, if a word may choose it. */
function answerWith(ctx: BotContext, question: OpenQuestion, text: string): Promise<Answered> {
  if (question.kind === 'permission') return keepWords(ctx.board, question.id, text)
  const options = question.kind === 'plan' ? [] : (currentItem(question)?.options ?? [])
  const option = options.find(({ label }) => isSameText(label, text))
  return answerQuestion(ctx.board, question.id, option ? { options: [option.id] } : { text })
}

function isSameText(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.trim().toLowerCase()
}

async function readChanged(
  ctx: BotContext,
  planned: readonly WantedAct[],
  kept: readonly EditOfMany[],
  changed: readonly Task[],
): Promise<ChangedTask[]> {
  const ids = kept.map(({ reference }) => reference)
  const now = await findTasks(scopeOf(ctx), ids)
  return planned.flatMap(({ task: before, act }) => {
    const task = ids.includes(before.id) ? now.find(({ id }) => id === before.id) : undefined
    return task === undefined
      ? []
      : [{ before, task, act, isChanged: changed.some(({ id }) => id === before.id) }]
  })
}
