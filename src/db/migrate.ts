import { fileURLToPath } from 'node:url'
import type { PgliteDatabase } from 'drizzle-orm/pglite'
import type { Db } from './types.ts'

const migrationsFolder = fileURLToPath(new URL('../../drizzle', import.meta.url))

/** Applies drizzle/ to an embedded database. */
export async function migrateEmbedded(db: Db): Promise<void> {
  const { migrate } = await import('drizzle-orm/pglite/migrator')
  await migrate(db as unknown as PgliteDatabase, { migrationsFolder })
}

/** Applies drizzle/ to Postgres; of several processes that start together one does it and the others wait. */
export async function migratePostgres(url: string): Promise<void> {
  const [{ default: postgres }, { drizzle }, { migrate }] = await Promise.all([
    import('postgres'),
    import('drizzle-orm/postgres-js'),
    import('drizzle-orm/postgres-js/migrator'),
  ])
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await client`select pg_advisory_lock(hashtextextended('preqbot:migrate', 0))`
    await migrate(drizzle(client), { migrationsFolder })
  } finally {
    await client.end({ timeout: 5 })
  }
}
