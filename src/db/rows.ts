import type { SQL } from 'drizzle-orm'
import type { Db } from './types.ts'

/** Runs a statement of our own SQL and returns its rows: postgres.js answers an array, PGlite an object that holds one. */
export async function rows<Row extends Record<string, unknown>>(db: Db, statement: SQL): Promise<Row[]> {
  const answer: unknown = await db.execute(statement)
  return (Array.isArray(answer) ? [...answer] : (answer as { rows: Row[] }).rows) as Row[]
}
