import { and, eq, isNull, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { apiTokens, deletionLimits } from '../../../db/schema.ts'
import type { Reader, Tx } from '../../../db/types.ts'
import type { Actor } from '../../core/actor.ts'
import type { Change } from '../../core/commit/commit.ts'
import { insert, update, upsert, versionOf, type Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { hourMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import type { Task } from '../task.ts'
import { countDeletions } from './deletions.ts'

/** How many tasks a token may delete within an hour. */
export const deletionsAnHour = 5

type Agent = Extract<Actor, { readonly kind: 'agent' }>

/**
 * Tests whether a token has reached its hourly deletion limit without the owner's permission. `rows` belong to the deletion: they
 * change the token's version, so concurrent deletions can't exceed the limit together.
 */
export async function readDeletionLimit(
  ctx: Ctx,
  db: Reader,
  { tokenId }: Agent,
): Promise<{ readonly isReached: boolean; readonly limit: Limit | null; readonly rows: readonly Write[] }> {
  const now = ctx.now()
  const [token] = await db
    .select({ version: versionOf(apiTokens), limit: deletionLimits })
    .from(apiTokens)
    .leftJoin(deletionLimits, eq(deletionLimits.tokenId, apiTokens.id))
    .where(eq(apiTokens.id, tokenId))
  const limit = token?.limit ?? null
  const since = new Date(now.getTime() - hourMs)
  const isAllowed = limit?.allowedUntil != null && limit.allowedUntil > now
  const isReached =
    !isAllowed && (await countDeletions(db, { ownerId: ctx.ownerId, tokenId, since })) >= deletionsAnHour
  const version = token?.version ?? ''
  return {
    isReached,
    limit,
    rows: [update(apiTokens, { key: { id: tokenId }, version, set: { updatedAt: now } })],
  }
}

type Limit = typeof deletionLimits.$inferSelect

/** Refuses a deletion and asks the owner about it, at most once an hour per token. */
export function refuseDeletion<T>(
  ctx: Ctx,
  refusal: { readonly agent: Agent; readonly limit: Limit | null; readonly task: Task; readonly result: T },
): Change<T> {
  const { limit, task, result } = refusal
  const { tokenId, name } = refusal.agent
  const now = ctx.now()
  const wasAsked = limit !== null && limit.reachedAt.getTime() > now.getTime() - hourMs
  // The owner's permission has expired since.
  const isAllowedSince = limit?.allowedUntil != null && limit.allowedUntil > limit.reachedAt
  if (wasAsked && !isAllowedSince) return { unchanged: true, result }
  const reached = { reachedAt: now, askedAt: null }
  return {
    result,
    rows: [
      limit === null
        ? insert(deletionLimits, { tokenId, ...reached })
        : update(deletionLimits, { key: { tokenId }, expect: { reachedAt: limit.reachedAt }, set: reached }),
    ],
    events: [],
    audit: [
      {
        action: 'token.deletion-limit',
        targetType: 'token',
        targetId: tokenId,
        meta: { name, taskKey: task.key },
      },
    ],
    notifies: true,
  }
}

export function deletionLimitError({ tokenId }: Agent): DomainError {
  return new DomainError(
    'conflict',
    `This token has deleted ${deletionsAnHour} tasks within an hour, which is its limit. The owner was asked to allow more. Try again once they have, or in an hour.`,
    { deletionLimit: true, tokenId },
  )
}

/** Selects whether the owner must be asked about tokens, as a column of another query. */
export const hasDeletionQuestions = (ownerId: AnyPgColumn) => sql<boolean>`exists (
  select from ${deletionLimits} join ${apiTokens} on ${apiTokens.id} = ${deletionLimits.tokenId}
  where ${apiTokens.ownerId} = ${ownerId} and ${apiTokens.revokedAt} is null and ${deletionLimits.askedAt} is null)`

/** A token whose deletion limit the owner must decide on. */
export interface DeletionQuestion {
  readonly tokenId: string
  readonly name: string
}

/** Returns the tokens to ask the owner about and marks them as asked. */
export async function takeDeletionQuestions(
  tx: Tx,
  { ownerId, now }: { readonly ownerId: string; readonly now: Date },
): Promise<readonly DeletionQuestion[]> {
  return tx
    .update(deletionLimits)
    .set({ askedAt: now })
    .from(apiTokens)
    .where(
      and(
        eq(apiTokens.id, deletionLimits.tokenId),
        eq(apiTokens.ownerId, ownerId),
        isNull(apiTokens.revokedAt),
        isNull(deletionLimits.askedAt),
      ),
    )
    .returning({ tokenId: deletionLimits.tokenId, name: apiTokens.name })
}

/** Lets a token delete without a limit for an hour; an existing permission keeps its end. Throws `not-found`, and `conflict` if revoked. */
export async function allowDeletions(
  ctx: Ctx,
  tokenId: string,
): Promise<{ readonly name: string; readonly until: Date }> {
  return ctx.commit(async (db): Promise<Change<{ readonly name: string; readonly until: Date }>> => {
    const [token] = await db
      .select({
        name: apiTokens.name,
        revokedAt: apiTokens.revokedAt,
        allowedUntil: deletionLimits.allowedUntil,
      })
      .from(apiTokens)
      .leftJoin(deletionLimits, eq(deletionLimits.tokenId, apiTokens.id))
      .where(and(eq(apiTokens.id, tokenId), eq(apiTokens.ownerId, ctx.ownerId)))
    if (token === undefined) throw new DomainError('not-found', 'No such token.')
    const { name, revokedAt, allowedUntil } = token
    if (revokedAt !== null) throw new DomainError('conflict', `${name}'s token is revoked.`)
    const now = ctx.now()
    if (allowedUntil !== null && allowedUntil > now)
      return { unchanged: true, result: { name, until: allowedUntil } }
    const until = new Date(now.getTime() + hourMs)
    const limit = { tokenId, reachedAt: now, askedAt: now, allowedUntil: until }
    return {
      result: { name, until },
      rows: [upsert(deletionLimits, limit, { on: ['tokenId'], set: ['allowedUntil'] })],
      events: [],
      audit: [
        {
          action: 'token.allow-deletions',
          targetType: 'token',
          targetId: tokenId,
          meta: { name, until: until.toISOString() },
        },
      ],
    }
  })
}
