import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrateEmbedded } from '../migrations/migrate.ts'
import * as schema from '../schema.ts'
import { syncFolder, syncPath } from '../sync-folder.ts'
import { durableConf, durableFiles } from './durable-files.ts'
import { unpackTemplate } from './template.ts'

// Defaults take 335 MB; a board of one owner fits in these. Files of the log that are done with are given back.
function sparingConf(walSegmentMb: number): string[] {
  const walSizes = [`min_wal_size=${4 * walSegmentMb}MB`, `max_wal_size=${16 * walSegmentMb}MB`]
  return ['shared_buffers=8MB', 'max_connections=5', ...walSizes]
}
// Files of the log of 1 MB instead of 16.
const initDbStartParams = ['--wal-segsize=1']

/** Opens the database that lies in a folder. Throws `UnreadableFolderError` where it does not open. */
export async function openFolder(folder: string): Promise<PGlite> {
  // PGlite makes a new database where it misses this file, over whatever else is there.
  if (!existsSync(`${folder}/PG_VERSION`)) throw new UnreadableFolderError('PG_VERSION is missing')
  let last = ''
  const onStderr = (line: string) => {
    last = /(?:FATAL|PANIC): +(.*)/.exec(line)?.[1] ?? last
    return false
  }
  try {
    const postgresqlconf = [...sparingConf(walSegmentMb(folder)), ...durableConf]
    return await PGlite.create({ ...durableFiles(folder), postgresqlconf, onStderr })
  } catch (error) {
    throw new UnreadableFolderError(last || String(error), { cause: error })
  }
}

// A database made elsewhere, or before these were made smaller, has files of 16 MB: Postgres refuses to keep fewer than two.
function walSegmentMb(folder: string): number {
  const wal = join(folder, 'pg_wal')
  const [name] = existsSync(wal) ? readdirSync(wal).filter((one) => /^[0-9A-F]{24}$/.test(one)) : []
  return name === undefined ? 1 : Math.max(1, Math.round(statSync(join(wal, name)).size / 1_048_576))
}

/** The files of an embedded database do not make one any more. */
export class UnreadableFolderError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.name = 'UnreadableFolderError'
  }
}

/** Whether an error says that the files are damaged: they do not open, or what is read from them makes no sense. */
export function isDamage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof UnreadableFolderError || cause.name === 'RuntimeError') return true
    // Of WebAssembly (RuntimeError above) and of Postgres: data_corrupted, index_corrupted.
    if (/^XX00[12]$/.test(String((cause as { code?: unknown }).code))) return true
  }
  return false
}

/** Whether nothing lies there: no folder, or an empty one as of a volume just mounted. */
export function isEmptyFolder(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0
}

/** Makes a migrated, empty database beside its place: a start killed half way would leave a folder that never opens. */
export async function makeFolder(beside: string): Promise<void> {
  rmSync(beside, { recursive: true, force: true })
  if (!unpackTemplate(beside)) await initFolder(beside)
}

/** Makes a migrated, empty database without a template. */
export async function initFolder(folder: string): Promise<void> {
  const client = await PGlite.create({ dataDir: folder, postgresqlconf: sparingConf(1), initDbStartParams })
  await migrateEmbedded(drizzle(client, { schema }))
  await client.close()
}

/** Moves what was made beside into its place, once all of it is on the disk; what lay there takes the name `aside`. */
export async function placeFolder(
  beside: string,
  folder: string,
  aside: string | null = null,
): Promise<void> {
  await syncFolder(beside)
  if (aside !== null) renameSync(folder, aside)
  renameSync(beside, folder)
  await syncPath(dirname(folder))
}
