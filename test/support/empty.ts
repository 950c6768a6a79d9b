import { sql } from 'drizzle-orm'
import { codesOf } from '../../src/db/error-codes.ts'
import type { Db } from '../../src/db/types.ts'

/** Empties every table and starts every sequence over. */
export async function emptyDatabase(db: Db): Promise<void> {
  await runAtOnce(db, [emptyEveryTable, restartSequences])
}

/** Empties these tables and every table that refers to them. */
export async function emptyTables(db: Db, tables: readonly string[]): Promise<void> {
  await runAtOnce(db, [emptyWhere(`oid in (${tables.map((table) => `'public.${table}'::regclass`)})`)])
}

const worthTruncating = 1_000_000

// TRUNCATE makes new files for a table and its indexes: it takes 150 ms of CPU on PGlite for all tables, and longer on a busy
// Postgres. Deleting their few rows takes 10 ms. The lock waits for writers, as TRUNCATE does.
const emptyWhere = (condition: string) => `
  for one in
    with recursive emptied as (
      select oid from pg_class where ${condition}
      union
      select conrelid from pg_constraint join emptied on confrelid = emptied.oid and contype = 'f'
    )
    select oid::regclass as name from emptied
  loop
    names := names || one.name;
  end loop;
  execute 'lock table ' || array_to_string(names, ', ') || ' in share row exclusive mode';
  for one in select name, pg_relation_size(name) as size from unnest(names) as name loop
    if one.size > ${worthTruncating} then execute format('truncate %s cascade', one.name);
    elsif one.size > 0 then execute format('delete from %s', one.name);
    end if;
  end loop;`

/** A step for `runAtOnce`. */
export const emptyEveryTable = emptyWhere("relkind = 'r' and relnamespace = 'public'::regnamespace")

const restartSequences = `
  for one in select * from pg_sequences where schemaname = 'public' and last_value is not null loop
    perform setval(one.sequencename::regclass, one.start_value, false);
  end loop;`

/** Runs PL/pgSQL in one transaction, past triggers and foreign keys; again where Postgres ended it for a deadlock. */
export async function runAtOnce(db: Db, steps: readonly string[]): Promise<void> {
  const block = `do $$
    declare one record; names regclass[] = '{}';
    begin set local session_replication_role = replica; ${steps.join('\n')} end $$`
  try {
    await db.execute(sql.raw(block))
  } catch (error) {
    if (!codesOf(error).includes('40P01')) throw error
    await runAtOnce(db, steps)
  }
}
