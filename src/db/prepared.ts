import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Db, Reader } from './types.ts'

type Values = Readonly<Record<string, unknown>>

interface Statement<Result> {
  readonly execute: (values: Record<string, unknown>) => Promise<Result>
}

/** A drizzle query with placeholders. */
export interface Preparable<Result> {
  readonly prepare: (name: string) => Statement<Result>
}

/** Runs a statement on a database or in a transaction, with values for its placeholders. */
export type Prepared<Result> = (db: Reader, values: Values) => Promise<Result>

/**
 * Creates a statement that is built once and prepared by the server. For hot paths: otherwise drizzle builds it for each call and
 * postgres.js first asks for its parameter types (2,250 instead of 14,800 reads a second).
 */
export function prepared<Result>(build: (db: Db) => Preparable<Result>): Prepared<Result> {
  return oncePerDriver((db) => build(db).prepare('prepared'))
}

/**
 * Creates a prepared statement for a short read that never waits for a lock. Outside a transaction such reads share a connection, where
 * concurrent ones go out in one write, which is most of a read's cost.
 */
export function preparedRead<Result>(build: (db: Db) => Preparable<Result>): Prepared<Result> {
  return oncePerDriver((db) => build(db).prepare('prepared'), 'reads')
}

/** Creates a prepared statement from raw SQL whose result isn't read. */
export function preparedCommand(statement: SQL): Prepared<unknown> {
  return oncePerDriver((db) =>
    db._.session.prepareQuery(db.execute(statement).getQuery(), undefined, 'prepared', false),
  )
}

/**
 * Matches a column against a list, given as JSON in one placeholder, so one prepared statement serves any length. Postgres expects ten
 * values in an array and uses the index; of a set-returning function it expects a hundred rows.
 */
export function isListed(column: AnyPgColumn, name: string, type: 'uuid' | 'text'): SQL {
  const values = sql`select value::${sql.raw(type)} from jsonb_array_elements_text(${sql.placeholder(name)}::text::jsonb)`
  return sql`${column} = any (array(${values}))`
}

function oncePerDriver<Result>(build: (db: Db) => Statement<Result>, kind?: 'reads'): Prepared<Result> {
  const built = new Map<unknown, Statement<Result>>()
  return (reader, values) => {
    const db = reader as Db
    const session = db._.session as unknown as { readonly client: { readonly reads?: unknown } }
    const statement = built.get(session.constructor) ?? build(db)
    built.set(session.constructor, statement)
    // Runs on the client of this database or transaction instead of the one it was built on.
    const client = (kind && session.client[kind]) ?? session.client
    const bound: Statement<Result> = Object.create(statement, { client: { value: client } })
    return bound.execute(values)
  }
}
