import type { PgliteDatabase } from 'drizzle-orm/pglite'
import type { Db } from '../types.ts'
import { appliedMigration, migrationsFolder } from './migrations.ts'

/** Applies drizzle/ to an embedded database. Throws `NewerSchemaError`. */
export async function migrateEmbedded(db: Db): Promise<void> {
  await appliedMigration(db)
  const { migrate } = await import('drizzle-orm/pglite/migrator')
  await migrate(db as unknown as PgliteDatabase, { migrationsFolder })
}

/** Applies drizzle/ to Postgres under a lock, so processes that start together don't collide. Throws `NewerSchemaError`. */
export async function migratePostgres(url: string): Promise<void> {
  const [{ default: postgres }, { drizzle }, { migrate }, schema] = await Promise.all([
    import('postgres'),
    import('drizzle-orm/postgres-js'),
    import('drizzle-orm/postgres-js/migrator'),
    import('../schema.ts'),
  ])
  const client = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
  try {
    const db = drizzle(client, { schema })
    await client`select pg_advisory_lock(hashtextextended('preqbot:migrate', 0))`
    await appliedMigration(db)
    await migrate(db, { migrationsFolder })
  } finally {
    await client.end({ timeout: 5 })
  }
}
