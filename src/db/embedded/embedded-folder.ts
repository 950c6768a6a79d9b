import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrateEmbedded } from '../migrations/migrate.ts'
import * as schema from '../schema.ts'
import { syncFolder, syncPath } from '../sync-folder.ts'
import { durableConf, durableFiles } from './durable-files.ts'
import { unpackTemplate } from './template.ts'

// The defaults take 335 MB; one owner's board needs less. A small max_wal_size returns unused WAL files.
function smallConf(walSegmentMb: number): string[] {
  const walSizes = [`min_wal_size=${4 * walSegmentMb}MB`, `max_wal_size=${16 * walSegmentMb}MB`]
  return ['shared_buffers=8MB', 'max_connections=5', ...walSizes]
}
// WAL files of 1 MB instead of 16.
const initDbStartParams = ['--wal-segsize=1']

/** Opens the database in a folder. Throws `UnreadableFolderError`. */
export async function openFolder(folder: string): Promise<PGlite> {
  // Without this file PGlite would create a new database over whatever is there.
  if (!existsSync(`${folder}/PG_VERSION`)) throw new UnreadableFolderError('PG_VERSION is missing')
  let last = ''
  const onStderr = (line: string) => {
    last = /(?:FATAL|PANIC): +(.*)/.exec(line)?.[1] ?? last
    return false
  }
  try {
    const postgresqlconf = [...smallConf(walSegmentMb(folder)), ...durableConf]
    return await PGlite.create({ ...durableFiles(folder), postgresqlconf, onStderr })
  } catch (error) {
    throw new UnreadableFolderError(last || String(error), { cause: error })
  }
}

// An older database, or one from elsewhere, has WAL files of 16 MB; Postgres requires room for at least two.
function walSegmentMb(folder: string): number {
  const wal = join(folder, 'pg_wal')
  const [name] = existsSync(wal) ? readdirSync(wal).filter((one) => /^[0-9A-F]{24}$/.test(one)) : []
  return name === undefined ? 1 : Math.max(1, Math.round(statSync(join(wal, name)).size / 1_048_576))
}

/** The files of an embedded database are unreadable. */
export class UnreadableFolderError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.name = 'UnreadableFolderError'
  }
}

/** Whether an error means that the files are damaged: they don't open, or their content is corrupt. */
export function isDamage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof UnreadableFolderError || cause.name === 'RuntimeError') return true
    // data_corrupted and index_corrupted of Postgres; RuntimeError above is WebAssembly's.
    if (/^XX00[12]$/.test(String((cause as { code?: unknown }).code))) return true
  }
  return false
}

/** Whether a folder is missing or empty, e.g. a new volume. */
export function isEmptyFolder(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0
}

/** Creates a migrated, empty database in a temporary folder: a start killed midway must not leave one that never opens. */
export async function makeFolder(temporary: string): Promise<void> {
  rmSync(temporary, { recursive: true, force: true })
  if (!unpackTemplate(temporary)) await initFolder(temporary)
}

/** Creates a migrated, empty database without a template. */
export async function initFolder(folder: string): Promise<void> {
  const client = await PGlite.create({ dataDir: folder, postgresqlconf: smallConf(1), initDbStartParams })
  await migrateEmbedded(drizzle(client, { schema }))
  await client.close()
}

/** Syncs a temporary folder and moves it into place; what was there is renamed to `aside`. */
export async function placeFolder(
  temporary: string,
  folder: string,
  aside: string | null = null,
): Promise<void> {
  await syncFolder(temporary)
  if (aside !== null) renameSync(folder, aside)
  renameSync(temporary, folder)
  await syncPath(dirname(folder))
}
