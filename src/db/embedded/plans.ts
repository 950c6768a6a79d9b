import type { PGlite, QueryOptions, Results, Transaction } from '@electric-sql/pglite'

type Client = Pick<Transaction, 'query' | 'exec'>

// A plan takes memory until the database closes.
const maxPlans = 250
const usesBeforePlan = 3
const maxCounted = 2_000

/**
 * Wraps a PGlite so that it keeps the plans of statements that repeat, as SQL's PREPARE does. PGlite plans each query again, which
 * takes most of its time: 6 ms instead of 2 for a request that reads a task.
 */
export function keepPlans(client: PGlite): PGlite {
  const uses = new Map<string, number>()
  const names = new Map<string, string>()
  let made = 0

  /** Returns the name of a statement's plan, and makes the plan if it's worth it; null without one. */
  async function planOf({ exec }: Client, text: string): Promise<string | null> {
    const name = names.get(text)
    if (name !== undefined) return name
    const count = (uses.get(text) ?? 0) + 1
    if (uses.size >= maxCounted) uses.clear()
    uses.set(text, count)
    // Only one call makes it, and the others don't wait: that call may itself wait for the end of a transaction of theirs.
    if (count !== usesBeforePlan || made >= maxPlans || !isPlannable.test(text)) return null
    made += 1
    const newName = `plan_${made}`
    await exec(`prepare ${newName} as ${text}`)
    names.set(text, newName)
    return newName
  }

  const planned =
    (client: Client): Client['query'] =>
    async <T>(text: string, values: unknown[] = [], options?: QueryOptions) => {
      const literals = toLiterals(values)
      const name = literals === null ? null : await planOf(client, text)
      if (literals === null || name === null) return client.query<T>(text, values, options)
      // A call of WASM instead of the five of a query.
      const [result] = await client.exec(`execute ${name}${literals}`, options)
      return result as Results<T>
    }

  const wrapped: Pick<PGlite, 'query' | 'transaction'> = {
    query: planned({ query: client.query.bind(client), exec: client.exec.bind(client) }),
    transaction: (work) => client.transaction((tx) => work({ ...tx, query: planned(tx) })),
  }
  // drizzle uses nothing else.
  return wrapped as PGlite
}

const isPlannable = /^\s*(?:select|with|insert|update|delete)\b/i

/** Returns the arguments of EXECUTE, which takes no parameters; null if a value has no plain text form. */
function toLiterals(values: readonly unknown[]): string | null {
  if (values.length === 0) return ''
  const literals: string[] = []
  for (const value of values) {
    const literal = toLiteral(value)
    if (literal === null) return null
    literals.push(literal)
  }
  return `(${literals.join(', ')})`
}

function toLiteral(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      // In a standard string, a backslash is a character like any other. A NUL would end the statement.
      return value.includes('\0') ? null : `'${value.replaceAll("'", "''")}'`
    case 'number':
    case 'boolean':
      return `'${value}'`
    default:
      return value === null ? 'null' : null
  }
}
