import { desc, gt, inArray, lt, sql } from 'drizzle-orm'
import { strangers } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { recordSecurityEvent } from '../../domain/access/security.ts'
import { remove, type Write } from '../../domain/core/commit/writes.ts'
import { deleteExpiredRows } from '../../domain/core/delete-expired.ts'

/** A message, tap or search by someone other than the owner. */
export interface Visit {
  /** Null if Telegram names no user. */
  readonly userId: number | null
  readonly userName: string | null
  readonly chatId: number | null
  /** The kind of the update, e.g. `message`. */
  readonly kind: string
}

// The rest share one security event, so a flood of strangers can't flood the log.
const namedAtOnce = 20

/** Counts visits per user. The content is not stored. */
export async function countStrangers(db: Db, visits: readonly Visit[], now: Date): Promise<void> {
  const latest = new Map(visits.map((visit) => [visit.userId ?? 0, visit]))
  const met = [...latest].map(([userId, visit]) => ({
    ...visit,
    userId,
    updates: visits.filter((other) => (other.userId ?? 0) === userId).length,
  }))
  const values = met.map(({ updates, ...visit }) => ({
    ...visit,
    updates,
    unreported: updates,
    firstAt: now,
    lastAt: now,
  }))
  await db
    .insert(strangers)
    // Sorted, so two batches can't deadlock.
    .values(values.sort((a, b) => a.userId - b.userId))
    .onConflictDoUpdate({
      target: strangers.userId,
      set: {
        userName: sql`excluded.user_name`,
        chatId: sql`excluded.chat_id`,
        kind: sql`excluded.kind`,
        updates: sql`${strangers.updates} + excluded.updates`,
        unreported: sql`${strangers.unreported} + excluded.unreported`,
        lastAt: sql`excluded.last_at`,
      },
    })
}

/** Writes the visits since the last report as security events: one per user, at most 21 in all. */
export async function reportStrangers(
  db: Db,
  { ownerId, now }: { readonly ownerId: string; readonly now: Date },
): Promise<void> {
  await db.transaction(async (tx) => {
    const found = await tx
      .select()
      .from(strangers)
      .where(gt(strangers.unreported, 0))
      .orderBy(desc(strangers.unreported), strangers.userId)
      .for('update')
    if (found.length === 0) return
    const report = (detail: Readonly<Record<string, unknown>>) =>
      recordSecurityEvent(tx, { ownerId, eventType: 'chat.stranger', outcome: 'failure', detail, now })
    for (const { userId, userName, chatId, kind, unreported, updates } of found.slice(0, namedAtOnce)) {
      const user = { userId: userId === 0 ? null : userId, userName, chatId }
      await report({ ...user, kind, count: unreported, total: updates })
    }
    const others = found.slice(namedAtOnce)
    if (others.length > 0)
      await report({
        users: others.length,
        count: others.reduce((sum, { unreported }) => sum + unreported, 0),
      })
    await tx
      .update(strangers)
      .set({ unreported: 0 })
      .where(
        inArray(
          strangers.userId,
          found.map(({ userId }) => userId),
        ),
      )
  })
}

/** Deletes the count of a user who became the owner. */
export function removeStranger(userId: number): Write {
  return remove(strangers, { key: { userId }, isOptional: true })
}

/** Deletes strangers who were last seen before `before`. Returns how many. */
export async function deleteExpiredStrangers(db: Db, before: Date): Promise<number> {
  return deleteExpiredRows(db, strangers, lt(strangers.lastAt, before))
}
