import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../../db/types.ts'
import { requireClosingRight } from '../../access/rights.ts'
import { toActorName } from '../../core/actor.ts'
import type { Ctx } from '../../core/context.ts'
import { minuteMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import { heldError, isHeldBy } from '../../runs/holder.ts'
import { lastOutcomeOf } from '../../runs/store.ts'
import { readOwnerSettings } from '../../settings/settings.ts'
import { isSameReport, toReport } from '../../work-logs/facts.ts'
import { readDetail } from '../detail.ts'
import type { ParsedTaskEdit } from '../schemas.ts'
import { runOf, type Task } from '../task.ts'

// A token with work rights may only close a task that the owner asked it to review.
export function requireClosing({ actor }: Ctx, task: Task, edit: ParsedTaskEdit): void {
  const run = runOf(task)
  const reviews = edit.lifecycle === 'review' && task.status === 'ready'
  if (reviews && run !== null && isHeldBy(run, actor)) return
  if (edit.lifecycle === 'review') requireClosingRight(actor, 'done')
  else if (edit.status !== undefined && edit.status !== task.status) requireClosingRight(actor, edit.status)
}

const reports: readonly ParsedTaskEdit['lifecycle'][] = ['complete', 'block', 'plan', 'review']

/** Returns why an agent may not change the task. A former holder's report is refused too, but its text is kept. */
export async function findRefusal(
  ctx: Ctx,
  tx: Tx,
  task: Task,
  edit: ParsedTaskEdit,
): Promise<{ readonly error: DomainError; readonly keepsWords: boolean } | null> {
  const { actor } = ctx
  if (actor.kind !== 'agent' || task.lastRun === null || isOnlyComment(edit)) return null
  const run = runOf(task)
  if (run !== null && isHeldBy(run, actor)) return null
  const isReport = reports.includes(edit.lifecycle)
  const outcome = isReport ? await lastOutcomeOf(tx, task.id, actor) : null
  if (outcome === 'stopped' || outcome === 'taken-over') {
    return { error: lateError(task, ''), keepsWords: true }
  }
  if (run === null || (edit.lifecycle === 'start' && (await isSilent(ctx, tx, task)))) return null
  return { error: heldError(task.key, run, actor), keepsWords: false }
}

/** Tests whether an agent repeats the report that ended its run while the task is unchanged. */
export async function isRepeated(ctx: Ctx, tx: Tx, task: Task, edit: ParsedTaskEdit): Promise<boolean> {
  const { actor } = ctx
  const { lastRun } = task
  if (actor.kind !== 'agent' || edit.result === undefined) return false
  const isSameState =
    (edit.lifecycle === 'complete' && task.status === 'ready' && task.runState === null) ||
    (edit.lifecycle === 'block' && task.status === 'hold' && task.question?.kind === 'block')
  if (!isSameState || (lastRun !== null && !isHeldBy(lastRun, actor))) return false
  const { latestResult, artifacts } = await readDetail({ db: tx, ownerId: ctx.ownerId }, task)
  if (latestResult === null) return false
  const brought = edit.result.artifacts ?? []
  return (
    (brought.length === 0 || isDeepStrictEqual(brought, artifacts)) &&
    isSameReport(toReport(edit.result), latestResult) &&
    latestResult.author === toActorName(actor)
  )
}

function isOnlyComment({ comment, expect: _, ...rest }: ParsedTaskEdit): boolean {
  return comment !== undefined && Object.values(rest).every((value) => value === undefined)
}

/** Tests whether the task's agent has been silent for the owner's stale time. */
async function isSilent(ctx: Ctx, tx: Tx, { runStateUpdatedAt }: Task): Promise<boolean> {
  const { staleAfterMinutes } = await readOwnerSettings({ db: tx, ownerId: ctx.ownerId })
  const silentMs = ctx.now().getTime() - (runStateUpdatedAt?.getTime() ?? 0)
  return silentMs >= staleAfterMinutes * minuteMs
}

export function lateError({ key, status }: Task, kept: string): DomainError {
  return new DomainError('conflict', `Your run of ${key} was ended, and the task is ${status}.${kept}`, {
    stopped: true,
    status,
  })
}
