import type { Sql, TransactionSql } from 'postgres'
import { codesOf } from '../error-codes.ts'

// Sessions keep what they prepare, so further statements (e.g. lists of many lengths) aren't prepared.
const maxStatements = 300

/** The part of postgres.js that drizzle uses. */
type Client = Pick<Sql, 'options' | 'unsafe' | 'begin'>
type TransactionClient = Pick<TransactionSql, 'unsafe' | 'savepoint'> & Pick<Sql, 'options'>

/**
 * Wraps a pool for drizzle. Statements are prepared when they are repeated: an unprepared one takes two round trips, because
 * postgres.js first asks for the parameter types. And transactions stop when their connection is lost: postgres.js 3.4 would write the
 * rollback to the closed socket, which crashes the process (github.com/porsager/postgres issues 1208 and 1216).
 */
export function toDrizzleClient(pool: Sql): Sql {
  const isRepeated = createRepetitions()
  const client: Client = {
    options: pool.options,
    unsafe: (text, parameters, options) =>
      pool.unsafe(text, parameters, { ...options, prepare: isRepeated(text) || options?.prepare === true }),
    begin: async (given: unknown, work?: unknown) => {
      const run = (work ?? given) as Work
      const connection: Connection = { lost: null }
      try {
        return (await pool.begin((tx) =>
          untilLost(run, inTransaction(tx, { pool, isRepeated, connection })),
        )) as never
      } catch (error) {
        connection.lost = error as Error
        throw error
      }
    },
  }
  // drizzle takes a whole `Sql` but uses only this part of it.
  return client as Sql
}

type Work = (tx: TransactionSql) => unknown

/** The connection of a transaction and its savepoints. */
interface Connection {
  lost: Error | null
}

interface Shared {
  readonly pool: Sql
  readonly isRepeated: (text: string) => boolean
  readonly connection: Connection
}

interface Guarded {
  readonly client: TransactionSql
  readonly connection: Connection
}

function inTransaction(tx: TransactionSql, shared: Shared): Guarded {
  const { pool, isRepeated, connection } = shared
  const client: TransactionClient = {
    options: pool.options,
    unsafe: (text, parameters, options) =>
      connection.lost === null
        ? tx.unsafe(text, parameters, { ...options, prepare: isRepeated(text) || options?.prepare === true })
        : (refused(connection.lost) as never),
    savepoint: (given: unknown, work?: unknown) =>
      tx.savepoint((inner) => untilLost((work ?? given) as Work, inTransaction(inner, shared))) as never,
  }
  // drizzle takes a whole `TransactionSql` but uses only this part of it.
  return { client: client as unknown as TransactionSql, connection }
}

/** Never settles after the connection is lost, because the library would write to it; `begin` itself rejects then. */
function untilLost(work: Work, { client, connection }: Guarded): Promise<unknown> {
  return new Promise((resolve, reject) => {
    Promise.resolve(work(client)).then(
      (result) => {
        if (connection.lost === null) resolve(result)
      },
      (error: unknown) => {
        if (connection.lost === null && !isConnectionLoss(error)) reject(error)
      },
    )
  })
}

// Like a query: it may be awaited, or asked for its rows as arrays.
function refused(error: Error) {
  const rejection = Promise.reject(error)
  rejection.catch(() => {})
  return Object.assign(rejection, { values: () => rejection })
}

// The server ended the session (57P01 to 57P03, 25P03), or the socket was closed.
function isConnectionLoss(error: unknown): boolean {
  return codesOf(error).some((code) =>
    /^(57P0[1-3]|25P03|CONNECTION_\w+|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code),
  )
}

function createRepetitions(): (text: string) => boolean {
  const seen = new Set<string>()
  return (text) => {
    const isRepeated = seen.has(text)
    if (!isRepeated && seen.size < maxStatements) seen.add(text)
    return isRepeated
  }
}
