import { and, asc, eq, isNull, lt, ne, sql } from 'drizzle-orm'
import { botUpdates } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { update, type Write } from '../../domain/core/commit/writes.ts'
import { deleteExpiredRows } from '../../domain/core/delete-expired.ts'
import type { Scrub } from './stored-update.ts'

/** An update that waits for its handler; `hadEffect` if it changed the board before the process died. */
export interface StoredUpdate {
  readonly updateId: number
  readonly update: Readonly<Record<string, unknown>>
  readonly receivedAt: Date
  readonly hadEffect: boolean
  readonly attempts: number
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

/** Returns the oldest unfinished update; null if there is none. */
export async function nextUpdate(db: Db): Promise<StoredUpdate | null> {
  const [row] = await db
    .select()
    .from(botUpdates)
    .where(isNull(botUpdates.finishedAt))
    .orderBy(asc(botUpdates.receivedAt), asc(botUpdates.updateId))
    .limit(1)
  if (row === undefined) return null
  return {
    updateId: row.updateId,
    update: row.update,
    receivedAt: row.receivedAt,
    hadEffect: row.effectAt !== null,
    attempts: row.attempts,
  }
}

/**
 * Counts an attempt before it is made, so an update that kills the process isn't retried forever. Returns false if another process
 * has counted one since the update was read.
 */
export async function countAttempt(
  db: Db,
  { updateId, attempts }: Pick<StoredUpdate, 'updateId' | 'attempts'>,
): Promise<boolean> {
  const counted = await db
    .update(botUpdates)
    .set({ attempts: attempts + 1 })
    .where(
      and(
        eq(botUpdates.updateId, updateId),
        eq(botUpdates.attempts, attempts),
        isNull(botUpdates.finishedAt),
      ),
    )
    .returning({ id: botUpdates.updateId })
  return counted.length > 0
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
  updateId: number,
  now: Date,
  error: string | null = null,
): Promise<void> {
  await db.update(botUpdates).set({ finishedAt: now, error }).where(eq(botUpdates.updateId, updateId))
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
