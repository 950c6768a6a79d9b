import { eq, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { apiTokens, type Engine, engineLimits, runners, runs, users } from '../../db/schema.ts'
import { dayMs } from '../core/durations.ts'
import type { Scope } from '../core/scope.ts'
import type { ReachedLimit } from './engine-limits.ts'
import { leaseMs } from './runners.ts'

/** A runner as the owner sees it. */
export interface RunnerFacts {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly engines: readonly Engine[]
  readonly projects: readonly string[]
  readonly max: number
  /** How many agents it runs. */
  readonly busy: number
  readonly lastSeenAt: Date
  /** The limits that its engines have reached and the owner hasn't lifted, those that have ended included. */
  readonly limits: readonly ReachedLimit[]
}

/** A runner as a query selects it. */
export interface StoredRunner extends Omit<RunnerFacts, 'lastSeenAt' | 'limits'> {
  readonly lastSeenAt: string
  readonly limits: readonly (Omit<ReachedLimit, 'until'> & { readonly until: string })[]
}

/** Selects the runners of an owner whose tokens are valid, by name, as a column of another query. */
export function runnersOf(ownerId: AnyPgColumn): SQL<readonly StoredRunner[]> {
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('id', ${runners.id}, 'name', ${runners.name}, 'host', ${runners.host}, 'engines', ${runners.engines},
      'projects', ${runners.projects}, 'max', ${runners.max}, 'lastSeenAt', ${runners.lastSeenAt},
      'busy', greatest(${runners.busy}, (select count(*) from ${runs} as r where r.runner_id = ${runners.id} and r.ended_at is null)),
      'limits', (select coalesce(jsonb_agg(jsonb_build_object('engine', l.engine, 'until', l.until) order by l.until, l.engine), '[]'::jsonb)
        from ${engineLimits} as l where l.runner_id = ${runners.id} and l.lifted_at is null))
      order by ${runners.name}, ${runners.id}), '[]'::jsonb)
    from ${runners} join ${apiTokens} on ${apiTokens.id} = ${runners.tokenId} and ${apiTokens.revokedAt} is null
    where ${apiTokens.ownerId} = ${ownerId})`
}

/** Reads what `runnersOf` selects. */
export function toRunners(stored: readonly StoredRunner[]): RunnerFacts[] {
  return stored.map(({ lastSeenAt, limits, ...runner }) => ({
    ...runner,
    lastSeenAt: new Date(lastSeenAt),
    limits: limits.map(({ engine, until }) => ({ engine, until: new Date(until) })),
  }))
}

// The owner may have tried a runner once.
const shownMs = 7 * dayMs

/** Returns the runners that were heard within a week. */
export function heardLately(all: readonly RunnerFacts[], now: Date): RunnerFacts[] {
  return all.filter(({ lastSeenAt }) => now.getTime() - lastSeenAt.getTime() < shownMs)
}

/** Tests whether a runner has been heard within its lease. */
export function isOnline({ lastSeenAt }: Pick<RunnerFacts, 'lastSeenAt'>, now: Date): boolean {
  return now.getTime() - lastSeenAt.getTime() < leaseMs
}

/** Returns the limits of a runner that hold now, the first to end first. */
export function limitsAt({ limits }: Pick<RunnerFacts, 'limits'>, now: Date): ReachedLimit[] {
  return limits.filter(({ until }) => until > now)
}

/** Lists the runners that were heard within a week, by name. */
export async function listRunners({ db, ownerId }: Scope, now: Date): Promise<RunnerFacts[]> {
  const [found] = await db
    .select({ runners: runnersOf(users.id) })
    .from(users)
    // The join makes drizzle qualify column names, which the subquery needs.
    .leftJoin(apiTokens, sql`false`)
    .where(eq(users.id, ownerId))
  return heardLately(toRunners(found?.runners ?? []), now)
}
