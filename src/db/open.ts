import type { Database, DatabaseOptions } from './types.ts'

/** Opens the embedded database or Postgres and migrates it, unless `migrate` is false. Loads only the driver in use. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl === undefined) {
    const { openEmbedded } = await import('./embedded/embedded.ts')
    return openEmbedded(options)
  }
  const { openPostgres } = await import('./postgres/postgres.ts')
  return openPostgres(options.databaseUrl, options.onTrouble, options)
}
