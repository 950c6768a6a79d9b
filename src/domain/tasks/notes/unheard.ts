import { and, eq, inArray, isNull, lte } from 'drizzle-orm'
import { tasks, workLogFacts, workLogs } from '../../../db/schema.ts'
import type { Db } from '../../../db/types.ts'
import type { Change } from '../../core/commit/commit.ts'
import { update } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { secondMs } from '../../core/durations.ts'
import type { Scope } from '../../core/scope.ts'

// An answer is written within milliseconds, so after this time its process or its connection has ended.
const writtenMs = 10 * secondMs

/** A comment that a hook took, without a sign that its answer arrived. */
export interface UnheardComment {
  readonly logId: string
  readonly taskId: string
  readonly taskKey: string
  readonly text: string
}

/** Returns comments whose answer may not have arrived, once each, for a message to the owner. */
export async function takeUnheard(
  tx: Db,
  { ownerId }: Pick<Scope, 'ownerId'>,
  now: Date,
): Promise<UnheardComment[]> {
  const doubted = await tx
    .update(workLogFacts)
    .set({ doubtedAt: now })
    .where(
      and(
        lte(workLogFacts.heardAt, new Date(now.getTime() - writtenMs)),
        isNull(workLogFacts.deliveredAt),
        isNull(workLogFacts.fetchedAt),
        isNull(workLogFacts.doubtedAt),
      ),
    )
    .returning({ logId: workLogFacts.logId })
  if (doubted.length === 0) return []
  const ids = doubted.map(({ logId }) => logId)
  const found = await tx
    .select({ logId: workLogs.id, taskId: tasks.id, taskKey: tasks.taskKey, text: workLogs.detail })
    .from(workLogs)
    .innerJoin(tasks, eq(tasks.id, workLogs.taskId))
    .where(and(eq(workLogs.ownerId, ownerId), inArray(workLogs.id, ids)))
  return found.map(({ text, ...comment }) => ({ ...comment, text: text ?? '' }))
}

/** Lets a hook take a comment again whose answer may not have arrived. Returns false if the agent has it by now, or if it was undone. */
export async function sendCommentAgain(ctx: Ctx, logId: string): Promise<boolean> {
  return ctx.commit(async (db): Promise<Change<boolean>> => {
    const [facts] = await db
      .select({ doubtedAt: workLogFacts.doubtedAt })
      .from(workLogFacts)
      .innerJoin(workLogs, eq(workLogs.id, workLogFacts.logId))
      .where(
        and(
          eq(workLogs.ownerId, ctx.ownerId),
          eq(workLogFacts.logId, logId),
          isNull(workLogFacts.deliveredAt),
          isNull(workLogFacts.fetchedAt),
        ),
      )
    if (facts === undefined) return { unchanged: true, result: false }
    // A second tap finds it waiting.
    if (facts.doubtedAt === null) return { unchanged: true, result: true }
    const expect = { deliveredAt: null, fetchedAt: null }
    const set = { heardAt: null, doubtedAt: null }
    return { unchanged: true, result: true, rows: [update(workLogFacts, { key: { logId }, expect, set })] }
  })
}
