import { desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { strangers } from '../../db/schema.ts'
import type { Db } from '../../db/types.ts'
import { recordSecurityEvent } from '../../domain/access/security.ts'
import { deleteExpiredRows } from '../../domain/core/delete-expired.ts'

/** Somebody else than the owner wrote, tapped or searched. */
export interface Visit {
  /** Null where Telegram names nobody. */
  readonly userId: number | null
  readonly userName: string | null
  readonly chatId: number | null
  /** The kind of the update, e.g. `message`. */
  readonly kind: string
}

// However many strangers there are, security events are few: those past this number share one.
const namedAtOnce = 20

/** Counts visits per user. Nothing of what was sent is kept. */
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
    // In one order, so that two batches never wait for each other.
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

/** Writes what was counted since the last time as security events: one a user, at most 21 in all. */
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

/** Forgets a user who has become the owner: what they wrote before was no stranger's. */
export async function deleteStranger(db: Db, userId: number): Promise<void> {
  await db.delete(strangers).where(eq(strangers.userId, userId))
}

/** Forgets strangers who have not come since `before`. Returns how many. */
export async function deleteExpiredStrangers(db: Db, before: Date): Promise<number> {
  return deleteExpiredRows(db, strangers, lt(strangers.lastAt, before))
}
