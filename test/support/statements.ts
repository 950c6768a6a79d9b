import type { PGlite } from '@electric-sql/pglite'
import { drizzle as overPglite } from 'drizzle-orm/pglite'
import { drizzle as overPostgres } from 'drizzle-orm/postgres-js'
import type { ParameterOrJSON, Sql } from 'postgres'
import * as schema from '../../src/db/schema.ts'
import type { Db } from '../../src/db/types.ts'

export interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
}

/** Wraps a database to report every statement sent to it. */
export function watchStatements(db: Db, onStatement: (statement: Statement) => void): Db {
  const logger = { logQuery: (text: string, parameters: unknown[]) => onStatement({ text, parameters }) }
  const client = clientOf(db)
  return 'unsafe' in client
    ? overPostgres(client, { schema, logger })
    : overPglite(client, { schema, logger })
}

/** A plan node of `explain (format json)`. */
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

/** Returns the tables that Postgres would scan sequentially for a statement, without running it. */
export async function tablesScanned(db: Db, { text, parameters }: Statement): Promise<string[]> {
  const client = clientOf(db)
  const explain = `explain (format json) ${text}`
  const found =
    'unsafe' in client
      ? await client.unsafe(explain, [...parameters] as ParameterOrJSON<never>[])
      : (await client.query<Record<string, unknown>>(explain, [...parameters])).rows
  const plans = found[0]?.['QUERY PLAN'] as readonly { readonly Plan: PlanNode }[]
  return plans.flatMap(({ Plan: plan }) => scansIn(plan))
}

function scansIn(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? '?'] : []
  return [...own, ...(node.Plans ?? []).flatMap(scansIn)]
}

function clientOf(db: Db): Sql | PGlite {
  return (db as unknown as { readonly $client: Sql | PGlite }).$client
}
