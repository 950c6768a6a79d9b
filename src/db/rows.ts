import type { SQL } from 'drizzle-orm'
import type { Db } from './types.ts'

/** Runs raw SQL and returns its rows: postgres.js returns an array, PGlite an object with one. */
export async function rows<Row extends Record<string, unknown>>(db: Db, statement: SQL): Promise<Row[]> {
  const answer: unknown = await db.execute(statement)
  return (Array.isArray(answer) ? [...answer] : (answer as { rows: Row[] }).rows) as Row[]
}
