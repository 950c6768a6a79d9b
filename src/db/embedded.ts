import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { lockFolder } from './folder-lock.ts'
import { migrateEmbedded } from './migrate.ts'
import type { Database } from './open.ts'
import * as schema from './schema.ts'

// Defaults take 335 MB; a board of one owner fits in these.
const postgresqlconf = ['shared_buffers=8MB', 'max_connections=5']

/** Opens the embedded Postgres in `dataDir/pg`, made on the first start; one process a folder. */
export async function openEmbedded(dataDir: string): Promise<Database> {
  mkdirSync(dataDir, { recursive: true })
  const unlock = lockFolder(dataDir)
  try {
    const folder = join(dataDir, 'pg')
    if (!existsSync(folder)) await makeFolder(folder)
    const client = await PGlite.create({ dataDir: folder, postgresqlconf })
    const database = embeddedDatabase(client)
    await migrateEmbedded(database.db)
    return {
      ...database,
      close: () => database.close().finally(unlock),
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Wraps a PGlite that is open already. */
export function embeddedDatabase(client: PGlite): Database {
  return {
    db: drizzle(client, { schema }),
    kind: 'embedded',
    listen: async (channel, onNotify) => {
      await client.listen(channel, onNotify)
    },
    // The folder's lock has made this process the only one.
    lead: (_name, onGained) => {
      onGained()
      return async () => {}
    },
    ping: async () => {
      await client.query('select 1')
    },
    close: () => client.close(),
  }
}

// A start killed in initdb leaves a folder that never opens, so it is made beside its place and renamed.
async function makeFolder(folder: string): Promise<void> {
  const beside = `${folder}.new`
  rmSync(beside, { recursive: true, force: true })
  const client = await PGlite.create({ dataDir: beside, postgresqlconf })
  await client.close()
  renameSync(beside, folder)
}
