import { type Subquery, sql } from 'drizzle-orm'
import type { Reader } from '../db/types.ts'

/** How many rows a subquery has; one with a limit is counted no further. `$count` gives it no alias, which Postgres 15 wants. */
export async function countRows(db: Reader, rows: Subquery): Promise<number> {
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(rows)
  return row?.count ?? 0
}
