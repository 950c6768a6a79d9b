import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/** The database or a transaction, with either driver. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>

/** A transaction. */
export type Tx = Db

/** A database for reads only. It has no `execute`, whose result differs between the drivers and which can write. */
export type Reader = Pick<Db, 'select' | 'selectDistinct' | 'selectDistinctOn' | 'query' | '$count' | 'with'>

/** An open database, the same for both drivers. */
export interface Database {
  readonly db: Db
  readonly kind: 'postgres' | 'embedded'
  /** Calls back on each NOTIFY of the channel; only a hint, since NOTIFY can get lost. */
  readonly listen: (channel: string, onNotify: () => void) => Promise<void>
  /** Acquires the named lock in the background, then calls `onGained`; `onLost` follows if its connection is lost. */
  readonly lead: (name: string, onGained: () => void, onLost: () => void) => Lead
  readonly ping: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Name of the lock that one process holds: the one that polls, notifies and runs the jobs. */
export const leaderLock = 'preqbot:leader'

/** A lock that is being acquired or held. */
export interface Lead {
  /** Whether the lock is certainly held; false as soon as the server may have released it. */
  readonly holds: () => boolean
  /** Releases it. */
  readonly stop: () => Promise<void>
}

export interface DatabaseOptions {
  /** Absent: embedded in `dataDir`. */
  readonly databaseUrl?: string | undefined
  readonly dataDir: string
  /** Called with problems in the background. */
  readonly onTrouble: (what: string, error?: unknown) => void
  /** False skips migrations. */
  readonly migrate?: boolean
  /** False, for short commands, skips checkpoints and snapshots of an embedded database. */
  readonly upkeep?: boolean
  readonly now?: () => Date
}
