import type { Sql, TransactionSql } from 'postgres'

// A session keeps every prepared statement. Beyond this many (e.g., lists of many lengths), statements are sent unprepared.
const maxStatements = 300

/**
 * A client that lets the server prepare what is asked again. drizzle prepares nothing by itself, and what is not prepared
 * makes two round trips, for postgres.js first asks for the types of the parameters.
 */
export function withPreparedStatements(client: Sql): Sql {
  const seen = new Set<string>()
  const prepare: Sql['unsafe'] = function (this: Sql, text, parameters, options) {
    const again = seen.has(text)
    if (!again && seen.size < maxStatements) seen.add(text)
    return this.unsafe(text, parameters, { ...options, prepare: again || options?.prepare === true })
  }
  const wrap = <S extends object>(sql: S): S =>
    new Proxy(sql, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (name === 'unsafe') return prepare.bind(target as Sql)
        if (name !== 'begin' && name !== 'savepoint') return value
        return (work: (tx: TransactionSql) => unknown) =>
          (value as TransactionSql['savepoint'])((tx) => work(wrap(tx)))
      },
    })
  return wrap(client)
}
