import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import { inject } from 'vitest'
import { embeddedDatabase } from '../../src/db/embedded.ts'
import type { Database } from '../../src/db/open.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { withDatabase } from './global-setup.ts'

/** A migrated, empty database of one's own; `url` where it is a real Postgres. Close it, or the process hangs. */
export async function openTestDatabase(): Promise<Database & { readonly url: string | null }> {
  const template = inject('templateDatabase')
  if (template === null) {
    const file = inject('templateFile') as string
    const client = await PGlite.create({ loadDataDir: new Blob([readFileSync(file)]) })
    return { ...embeddedDatabase(client), url: null }
  }
  const name = `${template.name}_${randomBytes(4).toString('hex')}`
  const admin = postgres(template.url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${template.name}`)
  const url = withDatabase(template.url, name)
  const database = await openPostgres(url, () => {})
  return {
    ...database,
    url,
    close: async () => {
      await database.close()
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}
