import { sql } from 'drizzle-orm'
import { rows } from '../../src/db/rows.ts'
import type { Db } from '../../src/db/types.ts'
import { isDeadlock } from '../../src/domain/errors.ts'

/** Keeps all that a database holds under a name; the returned function puts it back as it was. */
export async function saveDatabase(db: Db, name: string): Promise<() => Promise<void>> {
  const tables = (
    await rows<{ name: string }>(db, sql`select tablename as name from pg_tables where schemaname = 'public'`)
  ).map((table) => table.name)
  await db.execute(sql.raw(`drop schema if exists ${name} cascade`))
  await db.execute(sql.raw(`create schema ${name}`))
  for (const table of tables)
    await db.execute(sql.raw(`create table ${name}."${table}" as select * from public."${table}"`))
  const putBack = async (): Promise<void> => {
    try {
      await db.transaction(async (tx) => {
        // Rows come back in any order, so nothing checks meanwhile whom they refer to.
        await tx.execute(sql.raw('set local session_replication_role = replica'))
        await tx.execute(sql.raw(`truncate ${tables.map((table) => `public."${table}"`).join(', ')} cascade`))
        for (const table of tables) {
          await tx.execute(
            sql.raw(`insert into public."${table}" overriding system value select * from ${name}."${table}"`),
          )
        }
      })
    } catch (error) {
      if (!isDeadlock(error)) throw error
      await putBack()
    }
  }
  return putBack
}

const counted = ['audit_logs', 'events_outbox']
// What moves by itself, or only records what was looked at.
const passing = ['updated_at', 'last_used_at']

/** All that is on the board, as text to be compared; of the trails only how long they are. */
export async function boardState(db: Db): Promise<Record<string, string>> {
  const state: Record<string, string> = {}
  for (const table of boardTables) {
    const [row] = await rows<{ text: string | null }>(
      db,
      sql.raw(
        counted.includes(table)
          ? `select count(*)::text as text from ${table}`
          : `select string_agg(line, E'\\n' order by line) as text from
              (select (to_jsonb(one) - '{${passing.join(',')}}'::text[])::text as line from ${table} one) lines`,
      ),
    )
    state[table] = row?.text ?? ''
  }
  return state
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
