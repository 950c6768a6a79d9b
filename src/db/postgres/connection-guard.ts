import type { Sql, TransactionSql } from 'postgres'
import { codesOf } from '../error-codes.ts'

/** The connection of a transaction and its savepoints. */
interface Connection {
  lost: Error | null
}

type Work = (tx: TransactionSql) => unknown

/**
 * Wraps a client so transactions stop when their connection is lost. postgres.js 3.4 would write the next statement or the rollback to
 * the closed socket, which crashes the process past every catch, or to the replacement connection, within another transaction
 * (github.com/porsager/postgres issues 1208 and 1216).
 */
export function withConnectionGuard(client: Sql): Sql {
  return new Proxy(client, {
    get: (target, name) => {
      if (name !== 'begin') return Reflect.get(target, name)
      return async (work: Work) => {
        const connection: Connection = { lost: null }
        try {
          return await target.begin((tx) => unlessLost(work, tx, connection))
        } catch (error) {
          connection.lost = error as Error
          throw error
        }
      }
    },
  })
}

/** Never settles after the connection is lost, because the library would write to it; `begin` itself rejects then. */
function unlessLost(work: Work, tx: TransactionSql, connection: Connection): Promise<unknown> {
  return new Promise((resolve, reject) => {
    Promise.resolve(work(guarded(tx, connection))).then(
      (result) => {
        if (connection.lost === null) resolve(result)
      },
      (error: unknown) => {
        if (connection.lost === null && !isConnectionLoss(error)) reject(error)
      },
    )
  })
}

function guarded(tx: TransactionSql, connection: Connection): TransactionSql {
  return new Proxy(tx, {
    get: (target, name) => {
      if (name === 'unsafe' && connection.lost !== null) return refuse(connection.lost)
      const value: unknown = Reflect.get(target, name)
      if (name !== 'savepoint') return value
      return (work: Work) => target.savepoint((inner) => unlessLost(work, inner, connection))
    },
  })
}

// Like a query: it may be awaited, or asked for its rows as arrays.
function refuse(error: Error) {
  return () => {
    const refused = Promise.reject(error)
    refused.catch(() => {})
    return Object.assign(refused, { values: () => refused })
  }
}

// The server ended the session (57P01 to 57P03, 25P03), or the socket was closed.
function isConnectionLoss(error: unknown): boolean {
  return codesOf(error).some((code) =>
    /^(57P0[1-3]|25P03|CONNECTION_\w+|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code),
  )
}
