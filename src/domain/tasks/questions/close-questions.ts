import type { Change, Recorded } from '../../core/commit/commit.ts'
import type { Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import type { Scope } from '../../core/scope.ts'
import type { Question } from '../../questions/question.ts'
import {
  expireQuestion,
  findExpired,
  findOpenOfHooks,
  findQuestion,
  type VersionedQuestion,
  withdrawQuestion,
} from '../../questions/store.ts'
import { findVersioned } from '../read.ts'
import { taskAudit } from '../snapshot.ts'
import { taskUpdate } from '../write.ts'
import { questionEvent } from './question-event.ts'

/** Who ends a question without an answer: the agent, or the owner at the agent's terminal. */
export type Withdrawer = 'agent' | 'terminal'

/** Finds a question that this agent asked. Throws `not-found`. */
export async function requireOwnQuestion(ctx: Ctx, id: string): Promise<Question> {
  const { actor, db, ownerId } = ctx
  const question = await findQuestion({ db, ownerId }, id)
  const isOwn = actor.kind === 'agent' && question?.tokenId === actor.tokenId
  const isOutside = isOwn && actor.run !== undefined && question.session !== actor.run.id
  if (question === null || !isOwn || isOutside)
    throw new DomainError('not-found', 'You asked no such question.')
  return question
}

/** Withdraws a question that the agent asked. One that is closed stays as it is. Throws `not-found`. */
export async function withdrawOwnQuestion(ctx: Ctx, id: string, by: Withdrawer): Promise<Question> {
  await requireOwnQuestion(ctx, id)
  await endQuestion(ctx, id, { by })
  return requireOwnQuestion(ctx, id)
}

/** Ends the open questions whose time is up: each gets its default, if it has one, and approves nothing. Returns how many. */
export async function expireQuestions(ctx: Ctx): Promise<number> {
  const due = await findExpired(ctx, ctx.now())
  for (const id of due) await endQuestion(ctx, id, { by: 'timeout' })
  return due.length
}

/**
 * Withdraws open questions of hooks that nothing waits for, because the process that held their requests ended. Otherwise, a tap would
 * allow what nobody does. Returns how many.
 */
export async function withdrawAbandoned(ctx: Ctx, isHeld: (id: string) => boolean): Promise<number> {
  const abandoned = (await findOpenOfHooks(ctx, ctx.now())).filter((id) => !isHeld(id))
  for (const id of abandoned) await endQuestion(ctx, id, { by: 'agent' })
  return abandoned.length
}

/** Ends an open question without the owner. */
export async function endQuestion(
  ctx: Ctx,
  id: string,
  { by }: { readonly by: Withdrawer | 'timeout' },
): Promise<void> {
  await ctx.commit(async (db): Promise<Change<void>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const question = await findQuestion(scope, id)
    if (question === null || question.state !== 'open') return { unchanged: true, result: undefined }
    const now = ctx.now()
    const isExpired = by === 'timeout'
    const row = isExpired ? expireQuestion(question, now) : withdrawQuestion(question, now, by)
    return record(ctx, scope, question, { row, isExpired })
  })
}

async function record(
  ctx: Ctx,
  scope: Scope,
  { id, kind, taskId }: VersionedQuestion,
  { row, isExpired }: { readonly row: Write; readonly isExpired: boolean },
): Promise<Recorded<void>> {
  const found = taskId === null ? null : await findVersioned(scope, taskId)
  if (found === null) {
    const action = isExpired ? 'question.expire' : 'question.withdraw'
    return {
      result: undefined,
      rows: [row],
      events: [],
      audit: [{ action, targetType: 'question', targetId: id, meta: { kind } }],
      notifies: true,
    }
  }
  const after = { ...found.task, updatedAt: ctx.now() }
  return {
    result: undefined,
    // The run's next change must notice it, so the task's version changes.
    rows: [row, taskUpdate(found, after)],
    events: [questionEvent(after)],
    audit: [
      taskAudit(isExpired ? 'task.expire' : 'task.withdraw', found.task, after, { closedQuestions: [id] }),
    ],
  }
}
