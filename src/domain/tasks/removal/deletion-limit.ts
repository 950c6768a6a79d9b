import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import { apiTokens, deletionLimits } from '../../../db/schema.ts'
import type { Tx } from '../../../db/types.ts'
import type { Actor } from '../../core/actor.ts'
import { type Change, type Ctx, outboxChannel } from '../../core/context.ts'
import { hourMs } from '../../core/durations.ts'
import { DomainError } from '../../core/errors.ts'
import type { Task } from '../task.ts'
import { countDeletions } from './deletions.ts'

/** How many tasks a token may delete within an hour. */
export const deletionsAnHour = 5

type Agent = Extract<Actor, { readonly kind: 'agent' }>

/** Tests whether a token has reached its hourly deletion limit without the owner's permission. Locks until the commit. */
export async function isOverDeletionLimit(ctx: Ctx, tx: Tx, { tokenId }: Agent): Promise<boolean> {
  // Concurrent deletions must not exceed the limit together.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`deletions:${tokenId}`}, 0))`)
  const now = ctx.now()
  const since = new Date(now.getTime() - hourMs)
  if ((await countDeletions(tx, { ownerId: ctx.ownerId, tokenId, since })) < deletionsAnHour) return false
  const [allowed] = await tx
    .select({ one: sql`1` })
    .from(deletionLimits)
    .where(and(eq(deletionLimits.tokenId, tokenId), gt(deletionLimits.allowedUntil, now)))
  return allowed === undefined
}

/** Refuses a deletion and asks the owner about it, at most once an hour per token. */
export async function refuseDeletion<T>(
  ctx: Ctx,
  tx: Tx,
  { agent, task, result }: { readonly agent: Agent; readonly task: Task; readonly result: T },
): Promise<Change<T>> {
  const now = ctx.now()
  const { tokenId, name } = agent
  const lastAsked = or(
    lte(deletionLimits.reachedAt, new Date(now.getTime() - hourMs)),
    // The owner's permission has expired since.
    gt(deletionLimits.allowedUntil, deletionLimits.reachedAt),
  )
  const asks = await tx
    .insert(deletionLimits)
    .values({ tokenId, reachedAt: now })
    .onConflictDoUpdate({
      target: deletionLimits.tokenId,
      set: { reachedAt: now, askedAt: null },
      ...(lastAsked === undefined ? {} : { setWhere: lastAsked }),
    })
    .returning({ tokenId: deletionLimits.tokenId })
  if (asks.length === 0) return { unchanged: true, result }
  await tx.execute(sql`select pg_notify(${outboxChannel}, '')`)
  return {
    result,
    events: [],
    audit: [
      {
        action: 'token.deletion-limit',
        targetType: 'token',
        targetId: tokenId,
        meta: { name, taskKey: task.key },
      },
    ],
  }
}

export function deletionLimitError({ tokenId }: Agent): DomainError {
  return new DomainError(
    'conflict',
    `This token has deleted ${deletionsAnHour} tasks within an hour, which is its limit. The owner was asked to allow more. Try again once they have, or in an hour.`,
    { deletionLimit: true, tokenId },
  )
}

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
  return ctx.mutate(async (tx): Promise<Change<{ readonly name: string; readonly until: Date }>> => {
    const [token] = await tx
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
    await tx
      .insert(deletionLimits)
      .values({ tokenId, reachedAt: now, askedAt: now, allowedUntil: until })
      .onConflictDoUpdate({ target: deletionLimits.tokenId, set: { allowedUntil: until } })
    return {
      result: { name, until },
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
