import { sql } from 'drizzle-orm'
import { type AnyPgColumn, customType, timestamp, uuid } from 'drizzle-orm/pg-core'

// Columns and CHECK conditions that the table definitions share.

export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 6 })
export const createdAt = () => at('created_at').notNull().defaultNow()
export const updatedAt = () => at('updated_at').notNull().defaultNow()
export const id = () => uuid('id').primaryKey().defaultRandom()

/** Fractional indexing keys compare bytewise in every database locale. */
export const sortKey = customType<{ data: string }>({ dataType: () => 'varchar(64) collate "C"' })

export const oneOf = (column: AnyPgColumn, values: readonly string[]) =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`
export const maxLength = (column: AnyPgColumn, max: number) =>
  sql`char_length(${column}) <= ${sql.raw(String(max))}`
export const lengthBetween = (column: AnyPgColumn, min: number, max: number) =>
  sql`char_length(${column}) between ${sql.raw(String(min))} and ${sql.raw(String(max))}`
