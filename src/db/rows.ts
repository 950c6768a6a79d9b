import { DrizzleQueryError, type SQL, sql } from 'drizzle-orm'
import type { Db } from './types.ts'

type Row = Record<string, unknown>

/** Runs raw SQL and returns its rows: postgres.js returns an array, PGlite an object with one. */
export async function rows<R extends Row>(db: Db, statement: SQL): Promise<R[]> {
  return toRows<R>(await db.execute(statement))
}

/** A statement as text, with its values for `$1`, `$2`, … */
export interface Query {
  readonly text: string
  readonly values: readonly unknown[]
}

type Run = (text: string, values: unknown[]) => Promise<unknown>
const runners = new WeakMap<Db, Run>()

/** Sets how a database runs a text with values. */
export function setRunner(db: Db, run: Run): void {
  runners.set(db, run)
}

/** Runs a text with values and returns its rows. Outside a transaction the driver runs it, because drizzle would first take it apart. */
export async function queryRows<R extends Row>(db: Db, { text, values }: Query): Promise<R[]> {
  const run = runners.get(db)
  if (run === undefined) return rows<R>(db, toSql({ text, values }))
  try {
    return toRows<R>(await run(text, [...values]))
  } catch (error) {
    throw new DrizzleQueryError(text, [...values], error as Error)
  }
}

function toSql({ text, values }: Query): SQL {
  const parts = text.split(/\$(\d+)/)
  return sql.join(
    parts.map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - 1]}`)),
  )
}

function toRows<R extends Row>(answer: unknown): R[] {
  return (Array.isArray(answer) ? [...answer] : (answer as { rows: R[] }).rows) as R[]
}
