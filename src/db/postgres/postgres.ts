import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { migratePostgres } from '../migrations/migrate.ts'
import { reachPostgres } from '../reach.ts'
import * as schema from '../schema.ts'
import type { Database, DatabaseOptions } from '../types.ts'
import { withConnectionGuard } from './connection-guard.ts'
import { applicationName, leadPostgres } from './lead.ts'
import { withPreparedStatements } from './prepared-statements.ts'

// Short reads share one connection (see `preparedRead`); each transaction has its own.
const connections = { reads: 1, statements: 2, transactions: 7 }

/** Opens and migrates Postgres, with three pools of ten connections in all. Throws `UnreachableError`. */
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
  const reads = postgres(url, { ...options, max: connections.reads })
  const statements = postgres(url, { ...options, max: connections.statements })
  const transactions = postgres(url, { ...options, max: connections.transactions })
  const pools = [reads, statements, transactions]
  // Sets each client's parsers and serializers.
  for (const pool of pools) drizzle(pool)
  const client = Object.assign(statements, {
    begin: transactions.begin,
    reads: withPreparedStatements(reads),
  })
  const db = drizzle(withPreparedStatements(withConnectionGuard(client)), { schema })
  return {
    db,
    kind: 'postgres',
    listen: async (channel, onNotify) => {
      await client.listen(channel, onNotify, onNotify)
    },
    lead: (name, onGained, onLost) => leadPostgres({ url, name, onGained, onLost, onTrouble }),
    ping: async () => {
      await client`select 1`
    },
    // After a lost connection the driver waits for an answer that never comes.
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end({ timeout: 2 })))
    },
  }
}
