import { and, asc, eq, isNull, lt, ne, sql } from 'drizzle-orm'
import { prepared } from '../../db/prepared.ts'
import { botUpdates } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { update, type Write } from '../../domain/core/commit/writes.ts'
import { deleteExpiredRows } from '../../domain/core/delete-expired.ts'
import type { Scrub } from './stored-update.ts'

/** An update to handle. */
export interface StoredUpdate {
  readonly updateId: number
  readonly update: Readonly<Record<string, unknown>>
  /** Including this one. */
  readonly attempts: number
}

/** An update whose handler has ended. */
export interface EndedUpdate {
  readonly updateId: number
  readonly at: Date
}

/** Stores each update once, before it is acknowledged to Telegram. Returns how many were new. */
export async function acceptUpdates(
  db: Db,
  updates: readonly { readonly update_id: number }[],
  { botId, scrub, now }: { readonly botId: number; readonly scrub: Scrub; readonly now: Date },
): Promise<number> {
  if (updates.length === 0) return 0
  const stored = await db
    .insert(botUpdates)
    .values(
      updates.map((update) => ({
        botId,
        updateId: update.update_id,
        update: scrub(update),
        receivedAt: now,
      })),
    )
    .onConflictDoNothing()
    .returning({ id: botUpdates.updateId })
  return stored.length
}

const take = prepared((db) => {
  const placeholder = (name: string, type: string) => sql`${sql.placeholder(name)}::${sql.raw(type)}`
  const ended = db.$with('ended').as(
    db
      .update(botUpdates)
      .set({ finishedAt: placeholder('endedAt', 'timestamptz') })
      .where(eq(botUpdates.updateId, placeholder('endedId', 'bigint')))
      .returning({ updateId: botUpdates.updateId }),
  )
  const next = db.$with('next').as(
    db
      .select({ updateId: botUpdates.updateId, attempts: botUpdates.attempts })
      .from(botUpdates)
      .where(
        and(
          isNull(botUpdates.finishedAt),
          sql`${botUpdates.updateId} is distinct from ${placeholder('endedId', 'bigint')}`,
        ),
      )
      .orderBy(asc(botUpdates.receivedAt), asc(botUpdates.updateId))
      .limit(1),
  )
  const isCounted = sql`${botUpdates.updateId} is distinct from ${placeholder('uncounted', 'bigint')}`
  return db
    .with(ended, next)
    .update(botUpdates)
    .set({ attempts: sql`${botUpdates.attempts} + (${isCounted})::int` })
    .from(next)
    .where(
      and(
        eq(botUpdates.updateId, next.updateId),
        eq(botUpdates.attempts, next.attempts),
        isNull(botUpdates.finishedAt),
      ),
    )
    .returning({
      updateId: botUpdates.updateId,
      update: botUpdates.update,
      attempts: botUpdates.attempts,
    })
})

/**
 * Takes the oldest unfinished update; null if there is none, or if another process takes it at the same time. Its attempt is counted
 * before it is made, so an update that kills the process isn't retried forever. Finishes `ended` in the same statement.
 */
export async function takeUpdate(
  db: Db,
  {
    ended = null,
    uncounted = null,
  }: {
    readonly ended?: EndedUpdate | null
    /** The update whose attempt doesn't count. */
    readonly uncounted?: number | null
  } = {},
): Promise<StoredUpdate | null> {
  const [taken] = await take(db, {
    endedId: ended?.updateId ?? null,
    endedAt: ended?.at.toISOString() ?? null,
    uncounted,
  })
  return taken ?? null
}

/** Whether an update has changed the board. */
export async function hadEffect(db: Reader, updateId: number): Promise<boolean> {
  const [row] = await db
    .select({ effectAt: botUpdates.effectAt })
    .from(botUpdates)
    .where(eq(botUpdates.updateId, updateId))
  return row !== undefined && row.effectAt !== null
}

/** Marks an update, together with its change, as having changed the board. `orElse` is thrown if the change isn't the first, or too late. */
export function effectMark(
  updateId: number,
  { isFirst, now }: { readonly isFirst: boolean; readonly now: Date },
  orElse: () => Error,
): Write {
  const expect = isFirst ? { effectAt: null, finishedAt: null } : { finishedAt: null }
  return update(botUpdates, { key: { updateId }, expect, set: { effectAt: now }, orElse })
}

/** Marks an update as having changed the board, without a change. */
export async function markEffect(db: Db, updateId: number, now: Date): Promise<void> {
  await db
    .update(botUpdates)
    .set({ effectAt: now })
    .where(and(eq(botUpdates.updateId, updateId), isNull(botUpdates.effectAt), isNull(botUpdates.finishedAt)))
}

/** Marks an update as finished, with an error if its handler failed for good. */
export async function finishUpdate(
  db: Db,
  { updateId, at }: EndedUpdate,
  error: string | null = null,
): Promise<void> {
  await db.update(botUpdates).set({ finishedAt: at, error }).where(eq(botUpdates.updateId, updateId))
}

/** Whether a waiting update announces that a group has become this one. */
export async function isGroupMoving(db: Reader, to: number): Promise<boolean> {
  const [row] = await db
    .select({ id: botUpdates.updateId })
    .from(botUpdates)
    .where(
      and(
        isNull(botUpdates.finishedAt),
        sql`(${botUpdates.update} -> 'message' ->> 'migrate_to_chat_id' = ${String(to)}
          or (${botUpdates.update} -> 'message' ->> 'migrate_from_chat_id' is not null
            and ${botUpdates.update} -> 'message' -> 'chat' ->> 'id' = ${String(to)}))`,
      ),
    )
    .limit(1)
  return row !== undefined
}

/** Deletes the updates of other bots: nothing handles them, and update ids are unique only per bot. */
export async function deleteOtherBots(db: Db, botId: number): Promise<void> {
  await db.delete(botUpdates).where(ne(botUpdates.botId, botId))
}

/** Deletes updates finished before `before`. Returns how many. */
export async function deleteExpiredUpdates(db: Db, before: Date): Promise<number> {
  return deleteExpiredRows(db, botUpdates, lt(botUpdates.finishedAt, before))
}
