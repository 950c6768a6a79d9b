import { isDeepStrictEqual } from 'node:util'
import type { RunOutcome } from '../../../db/schema.ts'
import { requireClosingRight } from '../../access/rights.ts'
import { toActorName } from '../../core/actor.ts'
import type { Ctx } from '../../core/context.ts'
import { minuteMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import { heldError, isHeldBy } from '../../runs/holder.ts'
import { isSameReport, toReport } from '../../work-logs/facts.ts'
import type { ParsedTaskEdit } from '../schemas.ts'
import { runOf, type Task, type TaskDetail } from '../task.ts'

// A token with work rights may only close a task that the owner asked it to review.
export function requireClosing({ actor }: Pick<Ctx, 'actor'>, task: Task, edit: ParsedTaskEdit): void {
  const run = runOf(task)
  const reviews = edit.lifecycle === 'review' && task.status === 'ready'
  if (reviews && run !== null && isHeldBy(run, actor)) return
  if (edit.lifecycle === 'review') requireClosingRight(actor, 'done')
  else if (edit.status !== undefined && edit.status !== task.status) requireClosingRight(actor, edit.status)
}

/** Returns why an agent may not change the task. A former holder's report is refused too, but its text is kept. */
export function findRefusal(
  { actor, now }: Pick<Ctx, 'actor' | 'now'>,
  {
    task,
    lastOutcome,
    staleAfterMinutes,
  }: {
    readonly task: Task
    /** How the acting agent's newest run of the task ended. */
    readonly lastOutcome: RunOutcome | null
    readonly staleAfterMinutes: number
  },
  edit: ParsedTaskEdit,
): { readonly error: DomainError; readonly keepsWords: boolean } | null {
  if (actor.kind !== 'agent' || task.lastRun === null || isOnlyComment(edit)) return null
  const run = runOf(task)
  if (run !== null && isHeldBy(run, actor)) return null
  if (isRunReport(edit) && (lastOutcome === 'stopped' || lastOutcome === 'taken-over')) {
    return { error: lateError(task, ''), keepsWords: true }
  }
  const beats = [task.runStateUpdatedAt, run?.heartbeatAt].map((at) => at?.getTime() ?? 0)
  const silentMs = now().getTime() - Math.max(...beats)
  // An agent that waits for an answer isn't silent.
  const isSilent = task.question === null && silentMs >= staleAfterMinutes * minuteMs
  if (run === null || (edit.lifecycle === 'start' && isSilent)) return null
  return { error: heldError(task.key, run, actor), keepsWords: false }
}

/** Tests whether an edit reports how a run went. */
export function isRunReport({ lifecycle }: ParsedTaskEdit): boolean {
  return lifecycle !== undefined && lifecycle !== 'start'
}

/** Tests whether an edit may repeat the report that ended the agent's run; then `isRepeated` needs the latest report. */
export function mayRepeat({ actor }: Pick<Ctx, 'actor'>, task: Task, edit: ParsedTaskEdit): boolean {
  if (actor.kind !== 'agent' || edit.result === undefined) return false
  const isSameState =
    (edit.lifecycle === 'complete' && task.status === 'ready' && task.runState === null) ||
    (edit.lifecycle === 'block' && task.status === 'hold' && task.question?.kind === 'block')
  return isSameState && (task.lastRun === null || isHeldBy(task.lastRun, actor))
}

/** Tests whether an agent repeats the report that ended its run while the task is unchanged. */
export function isRepeated(
  { actor }: Pick<Ctx, 'actor'>,
  { latestResult, artifacts }: Pick<TaskDetail, 'latestResult' | 'artifacts'>,
  { result }: ParsedTaskEdit,
): boolean {
  if (latestResult === null || result === undefined) return false
  const brought = result.artifacts ?? []
  return (
    (brought.length === 0 || isDeepStrictEqual(brought, artifacts)) &&
    isSameReport(toReport(result), latestResult) &&
    latestResult.author === toActorName(actor)
  )
}

function isOnlyComment({ comment, expect: _, ...rest }: ParsedTaskEdit): boolean {
  return comment !== undefined && Object.values(rest).every((value) => value === undefined)
}

export function lateError({ key, status }: Task, kept: string): DomainError {
  return new DomainError('conflict', `Your run of ${key} was ended, and the task is ${status}.${kept}`, {
    stopped: true,
    status,
  })
}
