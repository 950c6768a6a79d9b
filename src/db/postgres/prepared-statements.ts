import type { Sql, TransactionSql } from 'postgres'

// Sessions keep what they prepare, so further statements (e.g. lists of many lengths) aren't prepared.
const maxStatements = 300

/**
 * Wraps a client so the server prepares repeated statements. drizzle prepares nothing, and an unprepared statement takes two round
 * trips, because postgres.js first asks for the parameter types.
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
