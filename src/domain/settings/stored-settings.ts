import { and, eq, inArray, sql } from 'drizzle-orm'
import { userSettings } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/types.ts'
import type { Ctx } from '../core/context.ts'

/** Serializes changes of an owner's settings until the transaction ends. */
export async function lockSettings(tx: Tx, ownerId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`settings:${ownerId}`}, 0))`)
}

/** Reads the stored texts by key. */
export async function readStored(db: Reader, ownerId: string): Promise<Readonly<Record<string, string>>> {
  const rows = await db
    .select({ key: userSettings.key, value: userSettings.value })
    .from(userSettings)
    .where(eq(userSettings.ownerId, ownerId))
  return Object.fromEntries(rows.map((row) => [row.key, row.value]))
}

/** Stores texts by key; null deletes. Part of a larger transaction. */
export async function writeStored(
  ctx: Ctx,
  tx: Tx,
  texts: Readonly<Record<string, string | null>>,
): Promise<void> {
  const { ownerId } = ctx
  const now = ctx.now()
  const removed = Object.keys(texts).filter((key) => texts[key] === null)
  const kept = Object.entries(texts).flatMap(([key, value]) =>
    value === null ? [] : [{ ownerId, key, value, createdAt: now, updatedAt: now }],
  )
  if (removed.length > 0) {
    await tx
      .delete(userSettings)
      .where(and(eq(userSettings.ownerId, ownerId), inArray(userSettings.key, removed)))
  }
  if (kept.length > 0) {
    await tx
      .insert(userSettings)
      .values(kept)
      .onConflictDoUpdate({
        target: [userSettings.ownerId, userSettings.key],
        set: { value: sql`excluded.value`, updatedAt: now },
      })
  }
}
