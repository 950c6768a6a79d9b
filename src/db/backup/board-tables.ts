import { is, sql } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { rows } from '../rows.ts'
import * as schema from '../schema.ts'
import type { Db } from '../types.ts'

/** Lists the tables of the schema, each after those that its foreign keys refer to. */
export function boardTables(): readonly string[] {
  const tables = Object.values(schema).filter((value) => is(value, PgTable))
  const ordered: string[] = []
  const visit = (table: PgTable) => {
    const { name, foreignKeys } = getTableConfig(table)
    if (ordered.includes(name)) return
    for (const key of foreignKeys) {
      const { foreignTable } = key.reference()
      if (foreignTable !== table) visit(foreignTable)
    }
    ordered.push(name)
  }
  for (const table of tables) visit(table)
  return ordered
}

/** A column of this database. */
export interface Column extends Record<string, unknown> {
  readonly name: string
  /** Whether it is jsonb and not null, so a JSON null in it is a value. */
  readonly holdsJson: boolean
  /** Its sequence, if it has one. */
  readonly sequence: string | null
}

/** Lists the columns of a table without generated ones; none if there is no such table. */
export async function columnsOf(db: Db, table: string): Promise<Column[]> {
  return rows<Column>(
    db,
    sql`select attname as name, atttypid = 'jsonb'::regtype and attnotnull as "holdsJson",
        pg_get_serial_sequence(quote_ident(${table}), attname) as sequence
      from pg_attribute
      where attrelid = to_regclass(quote_ident(${table})) and attnum > 0 and not attisdropped and attgenerated = ''
      order by attnum`,
  )
}

/** Whether the database holds a board; a bot that was only started has an owner and nothing else. */
export async function holdsBoard(db: Db): Promise<boolean> {
  const [row] = await rows<{ held: boolean }>(
    db,
    sql`select exists (select from projects) or exists (select from task_labels)
      or exists (select from work_logs) or exists (select from api_tokens) as held`,
  )
  return row?.held ?? false
}

/** Reads the last value of each sequence, by name. */
export async function readSequences(db: Db): Promise<Record<string, string>> {
  const last: Record<string, string> = {}
  for (const table of boardTables()) {
    for (const { sequence } of await columnsOf(db, table)) {
      if (sequence === null) continue
      const [row] = await rows<{ last: string | null }>(
        db,
        sql.raw(`select case when is_called then last_value::text end as last from ${sequence}`),
      )
      if (row?.last) last[sequence] = row.last
    }
  }
  return last
}

/** Moves sequences forward to these values, never back: a reader with a cursor would miss a reused number. */
export async function raiseSequences(db: Db, last: Readonly<Record<string, string>>): Promise<void> {
  const here = await readSequences(db)
  for (const [sequence, number] of Object.entries(last)) {
    if (BigInt(number) > BigInt(here[sequence] ?? 0))
      await db.execute(sql`select setval(${sequence}::regclass, ${number}::bigint)`)
  }
}
