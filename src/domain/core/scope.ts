import { inArray, type SQL } from 'drizzle-orm'
import { projects } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { Actor } from './actor.ts'

/** Where to look: a database or a transaction, whose board, and for whom; an agent may see some projects alone. */
export interface Scope {
  readonly db: Reader
  readonly ownerId: string
  readonly actor?: Actor
}

/** The condition that the reader sees a project; nothing if it sees all. */
export function isInSight({ actor }: Scope): SQL | undefined {
  return actor?.kind === 'agent' && actor.projectKeys
    ? inArray(projects.projectKey, [...actor.projectKeys])
    : undefined
}
