import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { appliedMigration } from '../migrations/migrations.ts'
import { rows } from '../rows.ts'
import type { Db } from '../types.ts'
import { boardTables, columnsOf, readSequences } from './board-tables.ts'

// A row may hold 150 kB of text, so a batch stays under 30 MB; larger ones aren't noticeably faster.
const batchSize = 200

// Rows are JSON objects; marks are arrays.
const marks = {
  /** First line: the schema (the name of its last migration) and the time. */
  begin: z.tuple([
    z.literal('preqbot backup'),
    z.object({ version: z.int(), schema: z.string(), at: z.string() }),
  ]),
  /** Precedes the rows of a table. */
  table: z.tuple([z.literal('table'), z.string(), z.array(z.string()).min(1)]),
  /** Last line; a backup without it is incomplete. */
  end: z.tuple([
    z.literal('end'),
    z.object({
      rows: z.record(z.string(), z.int()),
      sequences: z.record(z.string(), z.string().regex(/^\d+$/)),
    }),
  ]),
}

/** A line of a backup that isn't a row. */
export const BackupMark = z.union([marks.begin, marks.table, marks.end])
export type BackupMark = z.output<typeof BackupMark>

/** The version of the format; a program reads its own and older ones. */
export const formatVersion = 1

/** The database has no preqbot schema. */
export class NoBoardError extends Error {
  constructor() {
    super('There is no board in this database yet. Run npm start first.')
    this.name = 'NoBoardError'
  }
}

/** The number of rows per table. */
export type RowCounts = Readonly<Record<string, number>>

/**
 * Writes the whole board as JSON lines: a header, then each table's columns and rows, then the counts. It is a consistent snapshot.
 * Postgres converts the rows to and from JSON, so no value passes through JavaScript's numbers and dates.
 */
export async function writeBackup(
  db: Db,
  write: (text: string) => Promise<void>,
  options: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<RowCounts> {
  const mark = (value: BackupMark) => write(`${JSON.stringify(value)}\n`)
  return db.transaction(
    async (tx) => {
      await tx.execute(sql`set local timezone to 'UTC'`)
      const schema = await appliedMigration(tx)
      if (schema === '') throw new NoBoardError()
      await mark(['preqbot backup', { version: formatVersion, schema, at: options.now.toISOString() }])
      const counts: Record<string, number> = {}
      for (const table of boardTables()) {
        const columns = (await columnsOf(tx, table)).map(({ name }) => name)
        if (columns.length === 0) continue
        await mark(['table', table, columns])
        counts[table] = 0
        for await (const batch of rowsOf(tx, table, columns)) {
          options.signal?.throwIfAborted()
          await write(`${batch.join('\n')}\n`)
          counts[table] += batch.length
        }
      }
      await mark(['end', { rows: counts, sequences: await readSequences(tx) }])
      return counts
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

async function* rowsOf(tx: Db, table: string, columns: readonly string[]): AsyncGenerator<string[]> {
  const named = sql.join(
    columns.map((column) => sql.identifier(column)),
    sql`, `,
  )
  await tx.execute(
    sql`declare backup no scroll cursor for
      select row_to_json(r)::text as line from (select ${named} from ${sql.identifier(table)}) r`,
  )
  for (;;) {
    const batch = await rows<{ line: string }>(tx, sql.raw(`fetch ${batchSize} from backup`))
    if (batch.length === 0) break
    yield batch.map(({ line }) => line)
  }
  await tx.execute(sql`close backup`)
}
