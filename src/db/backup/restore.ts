import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { knownMigrations, migrationsFolder, NewerSchemaError } from '../migrations/migrations.ts'
import { rows } from '../rows.ts'
import { type Db, leaderLock } from '../types.ts'
import { BackupMark, formatVersion, type RowCounts } from './backup.ts'
import { boardTables, columnsOf, holdsBoard, raiseSequences, readSequences } from './board-tables.ts'
import { emptyTables } from './empty-tables.ts'

const batchCharacters = 1_000_000

const notABackup = 'Not a preqbot backup.'

/** A backup can't be restored; the message says why. Nothing was changed. */
export class RestoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RestoreError'
  }
}

/**
 * Replaces the content of a migrated database with the lines of a backup, all or nothing. Throws `RestoreError` if they aren't a
 * complete backup, or if there is a board and `replace` is false; throws `NewerSchemaError`.
 */
export async function restoreBackup(
  db: Db,
  lines: AsyncIterable<string>,
  options: { readonly replace: boolean },
): Promise<RowCounts> {
  return db.transaction(async (tx) => {
    await requireNoBot(tx)
    if (!options.replace) await requireNoBoard(tx)
    const given = await readSequences(tx)
    await emptyTables(tx, boardTables())
    const reader = createReader(tx)
    for await (const line of lines) await reader.take(line)
    const { schema, rows: expectedCounts, sequences } = reader.finish()
    await raiseSequences(tx, given)
    await raiseSequences(tx, sequences)
    const counts = await requireSameCounts(expectedCounts, tx)
    await scrubOldRows(tx, schema)
    return counts
  })
}

// This migration changes only rows, so it can run on an older backup after the restore.
const scrubbing = '0010_scrub_secrets'

/** Redacts secrets in the rows of a backup from before secrets were redacted. */
async function scrubOldRows(tx: Db, schema: string): Promise<void> {
  const tags = knownMigrations().map(({ tag }) => tag)
  if (tags.indexOf(schema) >= tags.indexOf(scrubbing)) return
  const statements = readFileSync(`${migrationsFolder}/${scrubbing}.sql`, 'utf8')
  for (const statement of statements.split('--> statement-breakpoint')) await tx.execute(sql.raw(statement))
}

/** Throws `RestoreError` if the database holds a board. */
export async function requireNoBoard(db: Db): Promise<void> {
  if (await holdsBoard(db))
    throw new RestoreError('This database already has a board. Back it up, then add --replace.')
}

/** Throws `RestoreError` if a bot is running: it would continue with the old rows. */
async function requireNoBot(tx: Db): Promise<void> {
  const [row] = await rows<{ free: boolean }>(
    tx,
    sql`select pg_try_advisory_xact_lock(hashtextextended(${leaderLock}, 0)) as free`,
  )
  if (!row?.free)
    throw new RestoreError('A bot is running on this database. Stop all of its processes first.')
}

function createReader(tx: Db) {
  let insert: ((lines: readonly string[]) => Promise<unknown>) | null = null
  let schema: string | null = null
  let end: Extract<BackupMark, ['end', unknown]>[1] | null = null
  let batch: string[] = []
  let length = 0

  const flush = async () => {
    if (batch.length > 0) await insert?.(batch)
    batch = []
    length = 0
  }

  const take = async (line: string) => {
    if (line.startsWith('{') && insert !== null) {
      batch.push(line)
      length += line.length
      if (length > batchCharacters) await flush()
      return
    }
    const mark = toMark(line)
    if ((mark[0] === 'preqbot backup') === (schema !== null) || end !== null)
      throw new RestoreError(notABackup)
    await flush()
    switch (mark[0]) {
      case 'preqbot backup':
        requireKnown(mark[1])
        schema = mark[1].schema
        return
      case 'table':
        insert = await toInsert(tx, mark[1], mark[2])
        return
      case 'end':
        insert = null
        end = mark[1]
    }
  }

  const finish = () => {
    if (end === null || schema === null)
      throw new RestoreError('Backup is incomplete: it ends in the middle.')
    return { ...end, schema }
  }
  return { take, finish }
}

function toMark(line: string): BackupMark {
  try {
    return BackupMark.parse(JSON.parse(line))
  } catch (error) {
    throw new RestoreError(notABackup, { cause: error })
  }
}

function requireKnown(begin: { readonly version: number; readonly schema: string }): void {
  const known = knownMigrations().some(({ tag }) => tag === begin.schema)
  if (begin.version > formatVersion || !known) throw new NewerSchemaError('This backup', begin.schema)
}

/** Builds the insert of a table's rows: columns that the backup lacks get their default. */
async function toInsert(tx: Db, table: string, given: readonly string[]) {
  const columns = boardTables().includes(table) ? await columnsOf(tx, table) : []
  const unknown = given.find((name) => !columns.some((column) => column.name === name))
  if (unknown !== undefined)
    throw new RestoreError(`This program doesn't know ${table}.${unknown}, which the backup has.`)
  const values = columns
    .filter(({ name }) => given.includes(name))
    .map(({ name, holdsJson }) =>
      // json_populate_recordset converts a JSON null to an SQL null.
      holdsJson ? sql`coalesce(${sql.identifier(name)}, 'null'::jsonb)` : sql`${sql.identifier(name)}`,
    )
  const named = names(columns.map(({ name }) => name).filter((name) => given.includes(name)))
  return (lines: readonly string[]) =>
    tx.execute(
      sql`insert into ${sql.identifier(table)} (${named})
        select ${sql.join(values, sql`, `)}
        from json_populate_recordset(null::${sql.identifier(table)}, ${`[${lines.join(',')}]`}::text::json)`,
    )
}

/** Throws `RestoreError` unless each table has as many rows as the backup states. */
async function requireSameCounts(expectedCounts: RowCounts, tx: Db): Promise<RowCounts> {
  for (const [table, expected] of Object.entries(expectedCounts)) {
    const [row] = await rows<{ count: number }>(
      tx,
      sql`select count(*)::int as count from ${sql.identifier(table)}`,
    )
    if (row?.count !== expected)
      throw new RestoreError(`Backup is incomplete: ${table} has ${row?.count} of ${expected} rows.`)
  }
  return expectedCounts
}

function names(list: readonly string[]) {
  return sql.join(
    list.map((name) => sql.identifier(name)),
    sql`, `,
  )
}
