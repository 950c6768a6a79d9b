import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

/** The database, a transaction of it included, whichever driver is below. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>

/** A transaction: what `mutate` hands to its work. */
export type Tx = Db

/** What may only read. `execute` is left out: its result differs between the drivers, and it can write. */
export type Reader = Pick<Db, 'select' | 'selectDistinct' | 'selectDistinctOn' | 'query' | '$count' | 'with'>
