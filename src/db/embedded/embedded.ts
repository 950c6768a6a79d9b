import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type PGlite, types } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrateEmbedded } from '../migrations/migrate.ts'
import { isBehind } from '../migrations/migrations.ts'
import { setRunner } from '../rows.ts'
import * as schema from '../schema.ts'
import type { Database, DatabaseOptions } from '../types.ts'
import { openDataFolder, toFolderError } from './data-folder.ts'
import {
  isDamage,
  isEmptyFolder,
  makeFolder,
  openFolder,
  placeFolder,
  UnreadableFolderError,
} from './embedded-folder.ts'
import { FolderInUseError, lockFolder } from './folder-lock.ts'
import { keepPlans } from './plans.ts'
import { listSnapshots, takeSnapshot } from './snapshots.ts'
import { startUpkeep } from './upkeep.ts'

// Slightly longer than the lock of a dead process stays valid.
const maxLockWaitMs = 17_000

/** Opens the embedded Postgres in `dataDir/pg` and creates it on the first start. Only one process may open a folder. */
export async function openEmbedded(options: DatabaseOptions): Promise<Database> {
  const { dataDir, onTrouble, now = () => new Date() } = options
  openDataFolder(dataDir)
  const unlock = await lockWithRetry(dataDir)
  try {
    const folder = join(dataDir, 'pg')
    const isNew = isEmptyFolder(folder)
    if (isNew) {
      requireNothingLost(dataDir)
      await makeFolder(`${folder}.new`)
      await placeFolder(`${folder}.new`, folder)
    }
    const client = await explainDamage(dataDir, () => openFolder(folder))
    const database = embeddedDatabase(client)
    const { db } = database
    if (options.migrate !== false) {
      await explainDamage(dataDir, async () => {
        if (!isNew && (await isBehind(db))) await takeSnapshot(db, dataDir, { now: now() })
        await migrateEmbedded(db)
      })
    }
    const endUpkeep = options.upkeep === false ? null : startUpkeep({ client, db, dataDir, now, onTrouble })
    return {
      ...database,
      close: async () => {
        await endUpkeep?.()
        await database.close().finally(unlock)
      },
    }
  } catch (error) {
    unlock()
    throw toFolderError(dataDir, error)
  }
}

/** Wraps an open PGlite. */
export function embeddedDatabase(client: PGlite): Database {
  dropArrayParsers(client)
  const planned = keepPlans(client)
  const db = drizzle(planned, { schema })
  setRunner(db, (text, values) => planned.query(text, values))
  return {
    db,
    kind: 'embedded',
    listen: async (channel, onNotify) => {
      await client.listen(channel, onNotify)
    },
    // The folder's lock already makes this the only process.
    lead: (_name, onGained) => {
      onGained()
      return { holds: () => true, stop: async () => {} }
    },
    ping: async () => {
      await client.query('select 1')
    },
    close: () => client.close(),
  }
}

// PGlite copies its parsers for each drizzle query, which takes longer than a small query. 296 of the 318 parse arrays, which are
// never selected; without them a small query takes 0.15 ms of CPU instead of 0.35.
function dropArrayParsers({ parsers }: PGlite): void {
  for (const oid of Object.keys(parsers)) if (!(oid in types.parsers)) delete parsers[oid]
}

/** The data folder's database is gone or doesn't open. It isn't replaced; the message says how to restore it. */
export class LostDatabaseError extends Error {
  constructor(what: string, dataDir: string, otherwise: string, options?: ErrorOptions) {
    const [newest] = listSnapshots(dataDir)
    const back =
      newest === undefined
        ? 'There is no snapshot to restore.'
        : `Restore the newest snapshot (${newest.at.toISOString()}): npm run restore -- ${newest.path}`
    super(`${what}\n${back}\n${otherwise}`, options)
    this.name = 'LostDatabaseError'
  }
}

/** Throws `LostDatabaseError` if the work finds the database damaged. */
async function explainDamage<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isDamage(error)) throw error
    const { message } = toRoot(error)
    throw new LostDatabaseError(
      `The database in ${join(dataDir, 'pg')} doesn't open (${message}). It stays where it is.`,
      dataDir,
      `That keeps the damaged one beside it. To start fresh, move ${dataDir} aside.`,
      { cause: error },
    )
  }
}

// The driver's message; drizzle wraps it in the statement.
function toRoot(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const inner = error instanceof UnreadableFolderError ? undefined : error.cause
  return inner instanceof Error ? toRoot(inner) : error
}

// Otherwise a partly mounted volume or an interrupted restore would silently start an empty board.
function requireNothingLost(dataDir: string): void {
  const aside = readdirSync(dataDir).filter((name) => /^pg\.(damaged|replaced)-/.test(name))
  if (aside.length === 0 && listSnapshots(dataDir).length === 0) return
  throw new LostDatabaseError(
    `${join(dataDir, 'pg')} is missing, but there was a database: ${[...aside, 'snapshots'].join(', ')}.`,
    dataDir,
    `To start fresh, move ${dataDir} aside.`,
  )
}

/** Locks the data folder. Retries while the lock of a killed container still looks alive. Throws `FolderInUseError`. */
export async function lockWithRetry(dataDir: string): Promise<() => void> {
  for (let waited = 0; ; waited += 1_000) {
    try {
      return lockFolder(dataDir)
    } catch (error) {
      if (!(error instanceof FolderInUseError && error.mayBeGone) || waited >= maxLockWaitMs) throw error
      await delay(1_000)
    }
  }
}
