import { inArray, type SQL } from 'drizzle-orm'
import { projects } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { Actor } from './actor.ts'

/** What to read: a database or transaction, whose board, and for whom. An agent may see only some projects. */
export interface Scope {
  readonly db: Reader
  readonly ownerId: string
  readonly actor?: Actor
}

/** Returns the condition that the reader sees a project; undefined if it sees all. */
export function isInSight({ actor }: Scope): SQL | undefined {
  return actor?.kind === 'agent' && actor.projectKeys
    ? inArray(projects.projectKey, [...actor.projectKeys])
    : undefined
}
