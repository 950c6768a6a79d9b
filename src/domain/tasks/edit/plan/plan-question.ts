import type { Actor } from '../../../core/actor.ts'
import type { Engine, TaskStatus } from '../../../core/task-values.ts'
import { blockQuestion, type NewQuestion, planQuestion } from '../../../questions/question.ts'
import type { ParsedTaskEdit } from '../../schemas.ts'
import type { Task } from '../../task.ts'

/** The question that an agent's edit asks: why it is blocked, or whether its plan is good. */
export function questionOf(
  task: Task,
  edit: ParsedTaskEdit,
  facts: {
    readonly actor: Actor
    readonly status: TaskStatus
    readonly engine: Engine | null
    /** Whether the edit changes anything else: a repeated one asks nothing again. */
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

// An answer queues the task again for what it was queued for: to be planned, worked on, or reviewed.
function returnOf({ status, runState }: Task): TaskStatus {
  return runState !== null && (status === 'inbox' || status === 'ready') ? status : 'todo'
}

/** Whether a question about the task has no more use after an edit. */
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
