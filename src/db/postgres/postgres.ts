import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { migratePostgres } from '../migrations/migrate.ts'
import { reachPostgres } from '../reach.ts'
import * as schema from '../schema.ts'
import type { Database, DatabaseOptions } from '../types.ts'
import { toDrizzleClient } from './client.ts'
import { applicationName, leadPostgres } from './lead.ts'

const connections = 10

/** Opens and migrates Postgres with ten connections. Throws `UnreachableError`. */
export async function openPostgres(
  url: string,
  onTrouble: DatabaseOptions['onTrouble'],
  { migrate = true }: Pick<DatabaseOptions, 'migrate'> = {},
): Promise<Database> {
  await reachPostgres(url, onTrouble)
  if (migrate) await migratePostgres(url)
  // No `fetch_types`: we have no arrays, and a lost connection during that query is an unhandled rejection.
  const options = {
    onnotice: () => {},
    fetch_types: false,
    connection: { application_name: applicationName },
  }
  const pool = postgres(url, { ...options, max: connections })
  const db = drizzle(toDrizzleClient(pool), { schema })
  return {
    db,
    kind: 'postgres',
    listen: async (channel, onNotify) => {
      await pool.listen(channel, onNotify, onNotify)
    },
    lead: (name, onGained, onLost) => leadPostgres({ url, name, onGained, onLost, onTrouble }),
    ping: async () => {
      await pool`select 1`
    },
    // After a lost connection the driver waits for an answer that never comes.
    close: async () => {
      await pool.end({ timeout: 2 })
    },
  }
}
