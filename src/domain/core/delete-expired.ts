import { type SQL, type Subquery, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db, Reader } from '../../db/types.ts'

/** Rows per batch: the embedded database answers nothing else during a batch (0.1 s). */
export const deleteBatchSize = 5_000

/** Deletes the expired rows of a table in batches. Returns how many. */
export async function deleteExpiredRows(db: Db, table: PgTable, isOver: SQL | undefined): Promise<number> {
  const batch = sql`select ctid from ${table} where ${isOver} limit ${deleteBatchSize}`
  for (let deleted = 0; ; ) {
    const gone = await db.delete(table).where(sql`ctid in (${batch})`).returning({ one: sql`1` })
    deleted += gone.length
    if (gone.length === 0) return deleted
  }
}

/** Counts the rows of a subquery, up to its limit. Unlike `$count`, it adds the alias that Postgres 15 requires. */
export async function countRows(db: Reader, rows: Subquery): Promise<number> {
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(rows)
  return row?.count ?? 0
}
