import type { Database, DatabaseOptions } from './types.ts'

/** Opens the embedded database or Postgres and brings its schema up to date, if not told otherwise. Only the driver in use is loaded. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl === undefined) {
    const { openEmbedded } = await import('./embedded/embedded.ts')
    return openEmbedded(options)
  }
  const { openPostgres } = await import('./postgres/postgres.ts')
  return openPostgres(options.databaseUrl, options.onTrouble, options)
}
