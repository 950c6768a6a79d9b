import { and, asc, eq, gte, isNull } from 'drizzle-orm'
import { runs, workLogFacts, workLogs } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import { engineOfActor } from '../../core/actor.ts'
import type { Change } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import type { OwnerWords, SentBackRun } from '../../sessions/hook-decision.ts'
import { areFactsOfLog, isOwnerComment } from '../../work-logs/facts.ts'
import { hearComment } from '../../work-logs/heard.ts'
import { handOut } from '../claim.ts'
import { findDetailForEdit } from '../detail.ts'

/**
 * Hands a task that the owner sent back to the session that has just completed it, with the owner's words. Returns none, and changes
 * nothing, if another agent has taken it or if the owner sent no words.
 */
export async function takeSentBack(ctx: Ctx, { runId, taskId }: SentBackRun): Promise<readonly OwnerWords[]> {
  return ctx.commit(async (db): Promise<Change<readonly OwnerWords[]>> => {
    const nothing = { unchanged: true, result: [] } as const
    const found = await findDetailForEdit({ db, ownerId: ctx.ownerId }, taskId)
    if (found === null) return nothing
    const { runState, status, lastRun, question, key: taskKey } = found.task
    const isWaiting = runState === 'queued' && status === 'todo' && question === null
    if (!isWaiting || lastRun?.id !== runId) return nothing
    const words = (await readWords(db, runId, taskId)).map((one) => ({ ...one, taskKey }))
    if (words.length === 0) return nothing
    const { result: _, ...change } = handOut(ctx, found, engineOfActor(ctx.actor))
    const heard = words.map(({ id }) => hearComment(id, ctx.now()))
    return { ...change, rows: [...change.rows, ...heard], result: words }
  })
}

/** Reads what the owner wrote about a task since a run of it ended. */
async function readWords(db: Reader, runId: string, taskId: string) {
  const found = await db
    .select({ id: workLogs.id, text: workLogs.detail })
    .from(workLogs)
    .innerJoin(workLogFacts, areFactsOfLog)
    .innerJoin(runs, eq(runs.id, runId))
    .where(
      and(
        eq(workLogs.taskId, taskId),
        isOwnerComment,
        gte(workLogs.workedAt, runs.endedAt),
        isNull(workLogFacts.heardAt),
        isNull(workLogFacts.fetchedAt),
      ),
    )
    .orderBy(asc(workLogs.workedAt), asc(workLogs.createdAt), asc(workLogs.id))
  return found.map(({ id, text }) => ({ id, text: text ?? '' }))
}
