import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/pglite'
import type { RowCounts } from '../backup/backup.ts'
import { restoreFromFile } from '../backup/backup-file.ts'
import { raiseSequences, readSequences } from '../backup/board-tables.ts'
import { requireNoBoard } from '../backup/restore.ts'
import { migrateEmbedded } from '../migrations/migrate.ts'
import { appliedMigration, NewerSchemaError } from '../migrations/migrations.ts'
import * as schema from '../schema.ts'
import type { Db } from '../types.ts'
import { openDataFolder } from './data-folder.ts'
import { lockWithRetry } from './embedded.ts'
import { isDamage, isEmptyFolder, makeFolder, openFolder, placeFolder } from './embedded-folder.ts'

/**
 * Replaces the embedded database with a backup. The old one is kept as `pg.damaged-<time>` if it didn't open, otherwise as
 * `pg.replaced-<time>`. Throws what `restoreBackup` throws; nothing is changed then.
 */
export async function restoreEmbedded(options: {
  readonly dataDir: string
  readonly path: string
  readonly replace: boolean
  readonly now: Date
}): Promise<{ readonly counts: RowCounts; readonly aside: string | null }> {
  const { dataDir, path, replace, now } = options
  openDataFolder(dataDir)
  const unlock = await lockWithRetry(dataDir)
  const folder = join(dataDir, 'pg')
  const temporary = `${folder}.new`
  try {
    const found = await inspect(folder, replace)
    await makeFolder(temporary)
    const counts = await fill(temporary, path, found.sequences)
    const aside = found.state === 'nothing' ? null : `${folder}.${found.state}-${toName(now)}`
    await placeFolder(temporary, folder, aside)
    return { counts, aside }
  } finally {
    if (existsSync(temporary)) rmSync(temporary, { recursive: true })
    unlock()
  }
}

async function inspect(folder: string, replace: boolean) {
  const sequences: Readonly<Record<string, string>> = {}
  if (isEmptyFolder(folder)) return { state: 'nothing', sequences } as const
  try {
    const client = await openFolder(folder)
    try {
      const db = drizzle(client, { schema })
      await requireReadable(db)
      if (!replace) await requireNoBoard(db)
      return { state: 'replaced', sequences: await readSequences(db) } as const
    } finally {
      await client.close()
    }
  } catch (error) {
    if (isDamage(error)) return { state: 'damaged', sequences } as const
    throw error
  }
}

// An error that would break a start counts as damage here; a newer schema doesn't.
async function requireReadable(db: Db): Promise<void> {
  try {
    await appliedMigration(db)
  } catch (error) {
    if (!(error instanceof NewerSchemaError)) throw error
  }
}

async function fill(temporary: string, path: string, sequences: Readonly<Record<string, string>>) {
  const client = await openFolder(temporary)
  try {
    const db = drizzle(client, { schema })
    await migrateEmbedded(db)
    await raiseSequences(db, sequences)
    return await restoreFromFile(db, path, { replace: true })
  } finally {
    await client.close()
  }
}

function toName(at: Date): string {
  return at.toISOString().replaceAll(':', '-')
}
