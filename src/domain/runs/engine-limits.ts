import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { apiTokens, type Engine, engineLimits, runners } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/types.ts'
import { insert, update, versionOf, type Write } from '../core/commit/writes.ts'
import { minuteMs } from '../core/durations.ts'

/** An engine that has reached a usage limit, and when the limit ends. */
export interface ReachedLimit {
  readonly engine: Engine
  readonly until: Date
}

// An agent may compute the end from the current time, so it differs a little with each report.
const sameMs = minuteMs

/** Returns the rows of limits that a runner reports. A limit that is already known stays as it is, e.g. lifted by the owner. */
export async function limitRows(
  db: Reader,
  runnerId: string,
  limits: readonly ReachedLimit[],
  now: Date,
): Promise<Write[]> {
  const reported = new Map(
    limits.filter(({ until }) => until > now).map((limit) => [limit.engine, limit.until]),
  )
  if (reported.size === 0) return []
  const stored = await db
    .select({
      engine: engineLimits.engine,
      id: engineLimits.id,
      until: engineLimits.until,
      version: versionOf(engineLimits),
    })
    .from(engineLimits)
    .where(eq(engineLimits.runnerId, runnerId))
  return [...reported].flatMap(([engine, until]) => {
    const known = stored.find((one) => one.engine === engine)
    const fresh = { until, notifiedAt: null, liftedAt: null }
    if (known === undefined) return [insert(engineLimits, { runnerId, engine, ...fresh })]
    if (Math.abs(known.until.getTime() - until.getTime()) < sameMs) return []
    return [update(engineLimits, { key: { id: known.id }, version: known.version, set: fresh })]
  })
}

/** Lists the engines that a runner must not start now. */
export async function pausedEngines(db: Reader, runnerId: string, now: Date): Promise<Engine[]> {
  const found = await db
    .select({ engine: engineLimits.engine })
    .from(engineLimits)
    .where(
      and(eq(engineLimits.runnerId, runnerId), gt(engineLimits.until, now), isNull(engineLimits.liftedAt)),
    )
  return found.map(({ engine }) => engine)
}

/** Selects whether the owner must be notified of limits, as a column of another query. */
export const hasNewLimits = (ownerId: AnyPgColumn) => sql<boolean>`exists (
  select from ${engineLimits} join ${runners} on ${runners.id} = ${engineLimits.runnerId}
  join ${apiTokens} on ${apiTokens.id} = ${runners.tokenId}
  where ${apiTokens.ownerId} = ${ownerId} and ${engineLimits.notifiedAt} is null)`

/** Returns the IDs of the limits to notify the owner of, and marks them. */
export async function takeNewLimits(
  tx: Tx,
  { ownerId, now }: { readonly ownerId: string; readonly now: Date },
): Promise<string[]> {
  const taken = await tx
    .update(engineLimits)
    .set({ notifiedAt: now })
    .from(runners)
    .innerJoin(apiTokens, eq(apiTokens.id, runners.tokenId))
    .where(
      and(
        eq(runners.id, engineLimits.runnerId),
        eq(apiTokens.ownerId, ownerId),
        isNull(engineLimits.notifiedAt),
      ),
    )
    .returning({ id: engineLimits.id })
  return taken.map(({ id }) => id)
}
