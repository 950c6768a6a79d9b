import { and, eq, gte, isNotNull, lt, sql } from 'drizzle-orm'
import { runs } from '../../db/schema.ts'
import type { Scope } from '../core/scope.ts'

/** What the runs of runners took together. */
export interface RunTotals {
  readonly runs: number
  readonly lost: number
  readonly ms: number
  readonly tokens: number
  /** Null if no agent reported a cost. */
  readonly costUsd: number | null
  readonly files: number
}

/** Sums up the runs of runners that ended from `from` until before `to`; null without one. */
export async function readRunTotals(
  { db, ownerId }: Scope,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<RunTotals | null> {
  const [found] = await db
    .select({
      runs: sql<number>`count(*)::int`,
      lost: sql<number>`(count(*) filter (where ${runs.outcome} = 'lost'))::int`,
      ms: sql<number>`coalesce(sum(extract(epoch from ${runs.endedAt} - ${runs.startedAt}) * 1000), 0)::float8`,
      tokens: sql<number>`coalesce(sum((${runs.usage} ->> 'inputTokens')::float8 + (${runs.usage} ->> 'outputTokens')::float8), 0)::float8`,
      costUsd: sql<number | null>`sum((${runs.usage} ->> 'costUsd')::float8)`,
      files: sql<number>`coalesce(sum(${runs.files}), 0)::float8`,
    })
    .from(runs)
    .where(
      and(
        eq(runs.ownerId, ownerId),
        gte(runs.endedAt, from),
        lt(runs.endedAt, to),
        isNotNull(runs.heartbeatAt),
      ),
    )
  return found === undefined || found.runs === 0 ? null : found
}
