import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/** The database, a transaction of it included, whichever driver is below. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>

/** A transaction: what `mutate` hands to its work. */
export type Tx = Db

/** What may only read. `execute` is left out: its result differs between the drivers, and it can write. */
export type Reader = Pick<Db, 'select' | 'selectDistinct' | 'selectDistinctOn' | 'query' | '$count' | 'with'>

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

/** Name of the lock that one process holds: the one that polls, notifies and runs the jobs. */
export const leaderLock = 'preqbot:leader'

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
