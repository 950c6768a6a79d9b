import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { migratePostgres } from '../migrations/migrate.ts'
import { shareReads } from '../prepared.ts'
import { reachPostgres } from '../reach.ts'
import { setRunner } from '../rows.ts'
import * as schema from '../schema.ts'
import type { Database, DatabaseOptions } from '../types.ts'
import { toDrizzleClient } from './client.ts'
import { applicationName, leadPostgres } from './lead.ts'

// Short reads share one connection, where concurrent ones go out in one write: that is most of a read's cost (docs/performance.md).
const connections = { reads: 1, others: 9 }

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
  const pool = postgres(url, { ...options, max: connections.others })
  const reads = postgres(url, { ...options, max: connections.reads })
  const client = toDrizzleClient(pool)
  const db = drizzle(client, { schema })
  setRunner(db, (text, values) => client.unsafe(text, values as never[]))
  shareReads(db, drizzle(toDrizzleClient(reads), { schema }))
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
      await Promise.all([pool.end({ timeout: 2 }), reads.end({ timeout: 2 })])
    },
  }
}
