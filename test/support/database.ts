import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { inject } from 'vitest'
import { embeddedDatabase } from '../../src/db/embedded/embedded.ts'
import { openPostgres } from '../../src/db/postgres/postgres.ts'
import { rows } from '../../src/db/rows.ts'
import type { Database, Db } from '../../src/db/types.ts'
import { emptyDatabase } from './empty.ts'
import { withDatabase } from './global-setup.ts'

export type TestDatabase = Database & { readonly url: string | null }

// Copying the migrated database takes 0.5 s, emptying a copy a tenth of that. Each worker creates as many copies as it needs at
// the same time; the end of the run deletes them.
const free: TestDatabase[] = []

/** Opens a migrated, empty database; `url` is set on a real Postgres. Closing it empties and releases it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const database = free.pop() ?? (await open())
  return {
    ...database,
    close: async () => {
      await emptyDatabase(database.db)
      free.push(database)
    },
  }
}

async function open(): Promise<TestDatabase> {
  const template = inject('templateDatabase')
  return template === null ? openCopy() : openCopyOnServer(template)
}

async function openCopy(): Promise<TestDatabase> {
  const file = inject('templateFile') as string
  const client = await PGlite.create({ loadDataDir: new Blob([readFileSync(file)]) })
  return { ...embeddedDatabase(client), url: null }
}

async function openCopyOnServer(template: {
  readonly url: string
  readonly name: string
}): Promise<TestDatabase> {
  const name = `${template.name}_${randomBytes(4).toString('hex')}`
  const admin = postgres(template.url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${template.name}`)
  // No commit waits for the disk: a test outlives no crash of the server.
  await admin.unsafe(`alter database ${name} set synchronous_commit = off`)
  const url = withDatabase(template.url, name)
  await admin.end()
  return { ...(await openPostgres(url, () => {})), url }
}

/** Returns everything that a database holds as text. */
export async function wholeDatabase(db: Db): Promise<string> {
  const tables = await rows<{ name: string }>(
    db,
    sql`select tablename as name from pg_tables where schemaname = 'public'`,
  )
  const texts = await Promise.all(
    tables.map(({ name }) =>
      rows(db, sql`select row_to_json(t)::text as row from ${sql.identifier(name)} t`),
    ),
  )
  return JSON.stringify(texts)
}
