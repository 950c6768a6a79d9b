import { and, eq, isNull, not, sql } from 'drizzle-orm'
import { type Engine, projects, tasks } from '../../../db/schema.ts'
import { engineOfActor } from '../../core/actor.ts'
import type { Ctx } from '../../core/context.ts'
import type { ClaimInput } from '../claim.ts'
import { hasQuestion } from '../read.ts'

/** Why a claim found nothing: tasks that wait, but not for this agent. */
export interface Waiting {
  /** Queued tasks for other engines, by engine. */
  readonly forOthers: readonly { readonly engine: Engine; readonly count: number }[]
  /** Queued or todo tasks with an open question. */
  readonly asked: number
  /** Todo tasks that nobody has queued. */
  readonly todo: number
}

/** Counts the waiting tasks of the board, or of one project, that a claim didn't hand out. */
export async function findWaiting(ctx: Ctx, { engine, projectKey }: ClaimInput): Promise<Waiting> {
  const acting = engine ?? engineOfActor(ctx.actor)
  const count = sql<number>`count(*)::int`
  const open = and(
    eq(tasks.ownerId, ctx.ownerId),
    isNull(projects.deletedAt),
    projectKey === undefined ? undefined : eq(projects.projectKey, projectKey.toUpperCase()),
  )
  const others = await ctx.db
    .select({ engine: tasks.engine, count })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(and(open, eq(tasks.runState, 'queued'), not(hasQuestion)))
    .groupBy(tasks.engine)
  const [rest] = await ctx.db
    .select({
      asked: sql<number>`count(*) filter (where ${hasQuestion})::int`,
      todo: sql<number>`count(*) filter (where ${tasks.status} = 'todo' and not ${hasQuestion})::int`,
    })
    .from(tasks)
    .innerJoin(projects, eq(projects.id, tasks.projectId))
    .where(and(open, isNull(tasks.runState), sql`${tasks.status} in ('inbox', 'todo', 'hold', 'ready')`))
  return {
    forOthers: others.flatMap((row) =>
      row.engine === null || row.engine === acting ? [] : [{ engine: row.engine, count: row.count }],
    ),
    asked: rest?.asked ?? 0,
    todo: rest?.todo ?? 0,
  }
}
