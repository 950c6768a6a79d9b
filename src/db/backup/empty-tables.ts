import { sql } from 'drizzle-orm'
import type { Db } from '../types.ts'

const appendOnlyTables = ['audit_logs', 'security_events', 'events_outbox']

/** Truncates tables, including append-only ones, in one statement; `how` is appended to TRUNCATE. */
export async function emptyTables(
  db: Db,
  tables: readonly string[],
  how: '' | 'cascade' | 'restart identity' | 'restart identity cascade' = '',
): Promise<void> {
  const names = tables.map((table) => `"${table}"`).join(', ')
  const guarded = appendOnlyTables.filter((table) => tables.includes(table))
  const triggers = (turn: 'disable' | 'enable') =>
    guarded.map((table) => `alter table "${table}" ${turn} trigger ${table}_no_truncate`)
  const steps = [
    // Taken first: ALTER TABLE takes a weaker lock, and two sessions that upgrade it would deadlock.
    `lock table ${names} in access exclusive mode`,
    ...triggers('disable'),
    `truncate ${names} ${how}`,
    ...triggers('enable'),
  ]
  await db.execute(sql.raw(`do $$ begin ${steps.join('; ')}; end $$`))
}
