import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

type Row<T extends PgTable> = T['$inferSelect']

/** One row to write as part of a change, or a statement for what rows can't express. */
export type Write = InsertWrite | UpdateWrite | RemoveWrite | UpsertWrite | StatementWrite

interface InsertWrite {
  readonly kind: 'insert'
  readonly table: PgTable
  readonly row: RowValues
}

interface UpdateWrite extends Guarded {
  readonly kind: 'update'
  readonly set: RowValues
}

interface RemoveWrite extends Guarded {
  readonly kind: 'remove'
}

interface UpsertWrite {
  readonly kind: 'upsert'
  readonly table: PgTable
  readonly row: RowValues
  /** The columns of the unique key. */
  readonly on: readonly string[]
  /** The columns that an existing row takes over. */
  readonly set: readonly string[]
}

interface StatementWrite {
  readonly kind: 'statement'
  /** Builds an insert, update or delete without `returning`. `json` passes a value as jsonb, with the drawn number in it. */
  readonly statement: (parts: { readonly param: Param; readonly json: Param }) => string
  /** How many rows it must write; absent: any number. */
  readonly expects?: number
  readonly orElse?: () => Error
}

/** Adds a value to the statement and returns its placeholder. */
export type Param = (value: unknown) => string

/** Column values by property name. */
export type RowValues = Readonly<Record<string, unknown>>

interface Guarded {
  readonly table: PgTable
  /** Finds the row. */
  readonly key: RowValues
  /** Further columns as the decision saw them. */
  readonly expect: RowValues
  /** The row's `xmin` as the decision saw it. */
  readonly version?: string
  /** The row may be missing or different; then nothing is written to it. */
  readonly isOptional: boolean
  /** The error if the guard fails; absent: the verb reads and decides again. */
  readonly orElse?: () => Error
}

interface Guard<T extends PgTable> {
  readonly key: Partial<Row<T>>
  readonly expect?: Partial<Row<T>>
  readonly version?: string
  readonly isOptional?: boolean
  readonly orElse?: () => Error
}

/** Selects the version of a row, which changes with every update of it. */
export function versionOf(table: PgTable): SQL<string> {
  return sql`${table}.xmin::text`
}

/** Inserts a row. If its unique key is taken in the meantime, the verb reads and decides again. */
export function insert<T extends PgTable>(table: T, row: T['$inferInsert']): Write {
  return { kind: 'insert', table, row }
}

/** Updates one row if it is still as the decision saw it. */
export function update<T extends PgTable>(
  table: T,
  { key, expect = {}, isOptional = false, ...guard }: Guard<T> & { readonly set: Partial<Row<T>> },
): Write {
  return { kind: 'update', table, key, expect, isOptional, ...guard }
}

/** Deletes one row if it is still as the decision saw it; with `isOptional`, every row that fits. */
export function remove<T extends PgTable>(
  table: T,
  { key, expect = {}, isOptional = false, ...guard }: Guard<T>,
): Write {
  return { kind: 'remove', table, key, expect, isOptional, ...guard }
}

/** Inserts a row, or sets columns of the existing row with the same unique key. */
export function upsert<T extends PgTable>(
  table: T,
  row: T['$inferInsert'],
  { on, set }: { readonly on: readonly (keyof Row<T>)[]; readonly set: readonly (keyof Row<T>)[] },
): Write {
  return { kind: 'upsert', table, row, on: on.map(String), set: set.map(String) }
}

/** Merges updates of the same row, since one statement can write a row only once. The first one's guard counts. */
export function mergeUpdates(writes: readonly Write[]): Write[] {
  const merged = new Map<string, Write>()
  for (const [index, write] of writes.entries()) {
    const name =
      write.kind === 'update' ? `${tableId(write.table)} ${JSON.stringify(write.key)}` : `#${index}`
    const earlier = merged.get(name)
    const isBoth = earlier?.kind === 'update' && write.kind === 'update'
    merged.set(name, isBoth ? { ...earlier, set: { ...earlier.set, ...write.set } } : write)
  }
  return [...merged.values()]
}

const ids = new WeakMap<PgTable, number>()
let lastId = 0

function tableId(table: PgTable): number {
  const id = ids.get(table) ?? ++lastId
  ids.set(table, id)
  return id
}
