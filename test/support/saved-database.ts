import { sql } from 'drizzle-orm'
import { rows } from '../../src/db/rows.ts'
import type { Db } from '../../src/db/types.ts'
import { emptyEveryTable, runAtOnce } from './empty.ts'

/** Saves a database's content under a name; the returned function restores it. */
export async function saveDatabase(db: Db, name: string): Promise<() => Promise<void>> {
  const tables = (
    await rows<{ name: string }>(db, sql`select tablename as name from pg_tables where schemaname = 'public'`)
  ).map((table) => table.name)
  await runAtOnce(db, [
    `create schema if not exists ${name};`,
    ...tables.map(
      (table) => `
        create table if not exists ${name}."${table}" (like public."${table}");
        delete from ${name}."${table}";
        insert into ${name}."${table}" select * from public."${table}";`,
    ),
  ])
  return () =>
    runAtOnce(db, [
      emptyEveryTable,
      ...tables.map(
        (table) => `insert into public."${table}" overriding system value select * from ${name}."${table}";`,
      ),
    ])
}

const counted = ['audit_logs', 'events_outbox']
// Tables that change by themselves or only record reads.
const passing = ['updated_at', 'last_used_at']

/** Returns the board's content as text to compare; only the row counts of append-only tables. */
export async function boardState(db: Db): Promise<Record<string, string>> {
  const [state] = await rows<Record<string, string>>(db, sql.raw(`select ${boardTables.map(stateOf)}`))
  return state ?? {}
}

function stateOf(table: string): string {
  const text = counted.includes(table)
    ? `select count(*)::text from ${table}`
    : `select coalesce(string_agg(line, E'\\n' order by line), '') from
        (select (to_jsonb(one) - '{${passing.join(',')}}'::text[])::text as line from ${table} one) lines`
  return `(${text}) as ${table}`
}

const boardTables = [
  'tasks',
  'task_labels',
  'task_label_assignments',
  'projects',
  'project_settings',
  'user_settings',
  'api_tokens',
  'work_logs',
  ...counted,
]
