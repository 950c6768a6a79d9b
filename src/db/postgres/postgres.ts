import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { migratePostgres } from '../migrations/migrate.ts'
import { reachPostgres } from '../reach.ts'
import * as schema from '../schema.ts'
import type { Database, DatabaseOptions } from '../types.ts'
import { withConnectionGuard } from './connection-guard.ts'
import { applicationName, leadPostgres } from './lead.ts'
import { withPreparedStatements } from './prepared-statements.ts'

// Of ten connections the short reads share one (see `preparedRead`), and a transaction has one to itself.
const connections = { reads: 1, statements: 2, transactions: 7 }

/** Opens Postgres at the URL with three pools, ten connections in all, migrated. Throws `UnreachableError`. */
export async function openPostgres(
  url: string,
  onTrouble: DatabaseOptions['onTrouble'],
  { migrate = true }: Pick<DatabaseOptions, 'migrate'> = {},
): Promise<Database> {
  await reachPostgres(url, onTrouble)
  if (migrate) await migratePostgres(url)
  // postgres.js would ask for array types, which we don't use. If the connection died during that query, nothing would catch the error.
  const quiet = { onnotice: () => {}, fetch_types: false, connection: { application_name: applicationName } }
  const reads = postgres(url, { ...quiet, max: connections.reads })
  const statements = postgres(url, { ...quiet, max: connections.statements })
  const transactions = postgres(url, { ...quiet, max: connections.transactions })
  const pools = [reads, statements, transactions]
  // It tells a client how columns are read and written.
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
    // After a lost connection the driver waits for an answer that never comes; by now nothing is asked any more.
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end({ timeout: 2 })))
    },
  }
}
