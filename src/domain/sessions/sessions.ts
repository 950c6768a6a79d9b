import { and, desc, eq, gt, lt, lte, notExists, or, sql } from 'drizzle-orm'
import { agentSessions, apiTokens, sessionRules } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import type { Actor } from '../core/actor.ts'
import { deleteExpiredRows } from '../core/delete-expired.ts'
import { hourMs, minuteMs } from '../core/durations.ts'
import type { Scope } from '../core/scope.ts'

const seenEveryMs = minuteMs
const activeMs = hourMs
const maxSessionLength = 200
// A client may send a new session name with each request.
const maxPerToken = 1_000

/** Records an agent's session, at most once a minute; a session without an engine keeps its previous one. */
export async function noteSession(db: Db, actor: Actor, now: Date): Promise<void> {
  if (actor.kind !== 'agent' || !actor.session || actor.session.length > maxSessionLength) return
  const { tokenId, session, engine = null } = actor
  await db
    .insert(agentSessions)
    .values({ tokenId, session, engine, firstSeenAt: now, lastSeenAt: now })
    .onConflictDoUpdate({
      target: [agentSessions.tokenId, agentSessions.session],
      set: { lastSeenAt: now, engine: sql`coalesce(excluded.engine, ${agentSessions.engine})` },
      setWhere: lte(agentSessions.lastSeenAt, new Date(now.getTime() - seenEveryMs)),
    })
}

/** Finds the session whose hook announced a use of a tool; null if none did. */
export async function findSessionOfUse(db: Reader, tokenId: string, useId: string): Promise<string | null> {
  const [found] = await db
    .select({ session: agentSessions.session })
    .from(agentSessions)
    .where(
      and(
        eq(agentSessions.tokenId, tokenId),
        sql`${agentSessions.announced} @> ${JSON.stringify([{ useId }])}::jsonb`,
      ),
    )
    .orderBy(desc(agentSessions.lastSeenAt))
    .limit(1)
  return found?.session ?? null
}

/** Counts each token's sessions within the last hour, by token ID. */
export async function countSessions({ db, ownerId }: Scope, now: Date): Promise<ReadonlyMap<string, number>> {
  const found = await db
    .select({ tokenId: agentSessions.tokenId, count: sql<number>`count(*)::int` })
    .from(agentSessions)
    .innerJoin(apiTokens, eq(apiTokens.id, agentSessions.tokenId))
    .where(
      and(eq(apiTokens.ownerId, ownerId), gt(agentSessions.lastSeenAt, new Date(now.getTime() - activeMs))),
    )
    .groupBy(agentSessions.tokenId)
  return new Map(found.map(({ tokenId, count }) => [tokenId, count]))
}

/**
 * Deletes sessions last seen before `before`, and all but the newest thousand per token, with what is allowed for their rest. Returns
 * how many.
 */
export async function deleteExpiredSessions(db: Db, before: Date): Promise<number> {
  const isBeyond = sql`${agentSessions.id} in (select id from (
    select id, row_number() over (partition by token_id order by last_seen_at desc, id) as place from ${agentSessions}) ranked
    where place > ${maxPerToken})`
  const deleted = await deleteExpiredRows(
    db,
    agentSessions,
    or(lt(agentSessions.lastSeenAt, before), isBeyond),
  )
  const ofSession = and(
    eq(agentSessions.tokenId, sessionRules.tokenId),
    eq(agentSessions.session, sessionRules.session),
  )
  const session = db.select({ one: sql`1` }).from(agentSessions).where(ofSession)
  await deleteExpiredRows(db, sessionRules, notExists(session))
  return deleted
}
