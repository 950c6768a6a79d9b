import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { rows } from '../rows.ts'
import type { Db } from '../types.ts'

export const migrationsFolder = fileURLToPath(new URL('../../../drizzle', import.meta.url))

interface Migration {
  readonly tag: string
  /** How the database identifies it. */
  readonly when: number
}

/** Lists the migrations of this program, oldest first. */
export function knownMigrations(): readonly Migration[] {
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as {
    readonly entries: readonly Migration[]
  }
  return journal.entries
}

/** The schema belongs to a newer program. */
export class NewerSchemaError extends Error {
  constructor(what: string, schema: string) {
    const known = knownMigrations().at(-1)?.tag
    super(
      `${what} was written by a newer preqbot (schema ${schema}; this program knows up to ${known}). Update the program or restore an older backup.`,
    )
    this.name = 'NewerSchemaError'
  }
}

/** Returns the name of the database's last migration, '' if it has none. Throws `NewerSchemaError`. */
export async function appliedMigration(db: Db): Promise<string> {
  const [table] = await rows<{ there: boolean }>(
    db,
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`,
  )
  if (!table?.there) return ''
  const applied = await rows<{ when: string }>(
    db,
    sql`select created_at::text as when from drizzle.__drizzle_migrations order by created_at`,
  )
  const known = new Map(knownMigrations().map(({ when, tag }) => [String(when), tag]))
  for (const { when } of applied)
    if (!known.has(when))
      throw new NewerSchemaError('This database', `of ${new Date(Number(when)).toISOString()}`)
  return known.get(applied.at(-1)?.when ?? '') ?? ''
}

/** Whether the database has our schema without its newest migrations. Throws `NewerSchemaError`. */
export async function isBehind(db: Db): Promise<boolean> {
  const applied = await appliedMigration(db)
  return applied !== '' && applied !== knownMigrations().at(-1)?.tag
}
