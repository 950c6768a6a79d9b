import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from '../db/types.ts'

/** So many rows are deleted at once: an embedded database answers nothing else meanwhile (0.1 s). */
export const forgottenAtOnce = 5_000

/** Deletes the rows of a table that are over, batch by batch, however many they are. Returns how many. */
export async function forgetRows(db: Db, table: PgTable, isOver: SQL | undefined): Promise<number> {
  const batch = sql`select ctid from ${table} where ${isOver} limit ${forgottenAtOnce}`
  for (let forgotten = 0; ; ) {
    const gone = await db.delete(table).where(sql`ctid in (${batch})`).returning({ one: sql`1` })
    forgotten += gone.length
    if (gone.length === 0) return forgotten
  }
}
