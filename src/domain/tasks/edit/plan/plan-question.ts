import type { Actor } from '../../../core/actor.ts'
import type { Engine, TaskStatus } from '../../../core/task-values.ts'
import { blockQuestion, planQuestion } from '../../../questions/new-question.ts'
import type { NewQuestion } from '../../../questions/question.ts'
import type { ParsedTaskEdit } from '../../schemas.ts'
import type { Task } from '../../task.ts'

/** Returns the question that an agent's edit asks: a block's reason, or the approval of a plan. */
export function questionOf(
  task: Task,
  edit: ParsedTaskEdit,
  facts: {
    readonly actor: Actor
    readonly status: TaskStatus
    readonly engine: Engine | null
    /** Whether the edit changes anything else: a repeated one asks nothing. */
    readonly changes: boolean
  },
): NewQuestion | null {
  if (facts.actor.kind !== 'agent' || (!facts.changes && task.question !== null)) return null
  const { engine, status } = facts
  const reason = edit.result?.blockedReason?.trim() || edit.result?.summary?.trim() || ''
  const isBlock =
    edit.lifecycle === 'block' || (status === 'hold' && Boolean(edit.result?.blockedReason?.trim()))
  if (isBlock) {
    const options = edit.result?.options ?? []
    return blockQuestion({ reason: reason || 'No reason given.', options, engine, returnsTo: returnOf(task) })
  }
  const plan = edit.plan?.trim() ? edit.plan : null
  const isPlan = edit.lifecycle === 'plan' || (edit.lifecycle === undefined && task.status === 'inbox')
  return plan !== null && isPlan && facts.changes && status === 'todo'
    ? planQuestion({ markdown: plan, engine })
    : null
}

/** Returns the status in which an answer requeues the task for its previous goal: to be planned, worked on, or reviewed. */
export function returnOf({ status, runState }: Task): TaskStatus {
  return runState !== null && (status === 'inbox' || status === 'ready') ? status : 'todo'
}

/** Tests whether an edit makes the open questions about the task obsolete. */
export function endsQuestion(
  task: Task,
  edit: ParsedTaskEdit,
  { status, takesOver }: { readonly status: TaskStatus; readonly takesOver: boolean },
): boolean {
  if (status === 'done' || status === 'archived') return true
  if (edit.lifecycle === 'start') return task.runState !== 'running' || takesOver
  if (edit.lifecycle !== undefined) return true
  if (edit.runState === 'queued') return true
  return task.runState === 'running' && edit.runState === null
}
