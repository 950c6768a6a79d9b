import type { RunOutcome } from '../../../../db/schema.ts'
import type { Actor } from '../../../core/actor.ts'
import { DomainError } from '../../../core/errors.ts'
import type { RunState } from '../../../core/task-values.ts'
import { isHeldBy } from '../../../runs/holder.ts'
import type { ParsedTaskEdit } from '../../schemas.ts'
import { runOf, type Task } from '../../task.ts'

/** Tests whether this agent is working on the task. */
export function isHolder(task: Task, actor: Actor): boolean {
  const run = runOf(task)
  return run !== null && isHeldBy(run, actor)
}

// Any status change ends the run, and so does every lifecycle action except start. The owner's move to todo keeps the run state.
export function nextRunState(
  task: Task,
  edit: ParsedTaskEdit,
  actor: Actor,
  statusChanged: boolean,
): RunState | null {
  if (edit.lifecycle === 'start') return 'running'
  if (edit.lifecycle !== undefined) return null
  if (edit.runState === 'queued' && task.question !== null && !edit.withoutAnswer) {
    throw new DomainError(
      'conflict',
      `${task.key} has an open question. Answer it, or queue without an answer.`,
      {
        unanswered: true,
      },
    )
  }
  if (edit.runState !== undefined) return edit.runState
  if (edit.status === 'todo' && actor.kind === 'owner') return task.runState
  return statusChanged || edit.clearRun ? null : task.runState
}

export function outcomeOf({ lifecycle, ends }: ParsedTaskEdit, actor: Actor): RunOutcome {
  if (ends !== undefined) return ends
  switch (lifecycle) {
    case 'complete':
      return 'completed'
    case 'review':
      return 'reviewed'
    case 'plan':
      return 'planned'
    case 'block':
      return 'blocked'
    default:
      return actor.kind === 'agent' ? 'released' : 'stopped'
  }
}
