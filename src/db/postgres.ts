import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { migratePostgres } from './migrate.ts'
import type { Database, DatabaseOptions } from './open.ts'
import * as schema from './schema.ts'

const connections = 10
const retryLeadMs = 2_000

/** Opens Postgres at the URL with a pool of ten connections, migrated. */
export async function openPostgres(url: string, onTrouble: DatabaseOptions['onTrouble']): Promise<Database> {
  await migratePostgres(url)
  const quiet = { onnotice: () => {}, connection: { application_name: 'preqbot' } }
  const client = postgres(url, { ...quiet, max: connections })
  const db = drizzle(client, { schema })
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
    close: () => client.end({ timeout: 5 }),
  }
}

/** A session lock lives as long as its connection, so leadership has a connection of its own that never pools. */
function leadPostgres(options: {
  readonly url: string
  readonly name: string
  readonly onGained: () => void
  readonly onLost: () => void
  readonly onTrouble: DatabaseOptions['onTrouble']
}): () => Promise<void> {
  let leading = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const lost = () => {
    if (leading && !stopped) options.onLost()
    leading = false
  }
  const client = postgres(options.url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => {},
    onclose: lost,
    connection: { application_name: 'preqbot-leader' },
  })
  const attempt = async () => {
    try {
      // Asking again also notices a connection that died silently: the answer then comes from a new session.
      const [row] = leading
        ? await client<
            [{ held: boolean }]
          >`select exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as held`
        : await client<
            [{ held: boolean }]
          >`select pg_try_advisory_lock(hashtextextended(${options.name}, 0)) as held`
      if (stopped) return
      if (row.held && !leading) {
        leading = true
        options.onGained()
      } else if (!row.held) lost()
    } catch (error) {
      lost()
      if (!stopped) options.onTrouble('asking for the leader lock failed', error)
    }
    if (!stopped) timer = setTimeout(() => void attempt(), retryLeadMs)
  }
  void attempt()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await client.end({ timeout: 5 })
  }
}
