import type { Db } from './types.ts'

/** An open database, the same for both drivers. */
export interface Database {
  readonly db: Db
  readonly kind: 'postgres' | 'embedded'
  /** Calls back on each NOTIFY of the channel; a hint only, the truth is in the tables. */
  readonly listen: (channel: string, onNotify: () => void) => Promise<void>
  /**
   * Waits in the background until this process alone holds the named lock, then calls back; `onLost` follows when the
   * lock went with its connection.
   */
  readonly lead: (name: string, onGained: () => void, onLost: () => void) => Lead
  readonly ping: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The wait for a lock, and the lock. */
export interface Lead {
  /** Whether the lock is held for certain; false also where the server may have let go of it and nobody has told us yet. */
  readonly holds: () => boolean
  /** Gives it up. */
  readonly stop: () => Promise<void>
}

export interface DatabaseOptions {
  /** Absent: embedded in `dataDir`. */
  readonly databaseUrl?: string | undefined
  readonly dataDir: string
  /** Told of trouble in the background. */
  readonly onTrouble: (what: string, error?: unknown) => void
  /** False leaves the schema as it is. */
  readonly migrate?: boolean
  /** False, for a command that comes and goes: no checkpoints and snapshots of an embedded database. */
  readonly upkeep?: boolean
  readonly now?: () => Date
}

/** Opens the embedded database or Postgres and brings its schema up to date, if not told otherwise. Only the driver in use is loaded. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl === undefined) {
    const { openEmbedded } = await import('./embedded.ts')
    return openEmbedded(options)
  }
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres(options.databaseUrl, options.onTrouble, options)
}
