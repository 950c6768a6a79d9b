import type { Db, Reader } from '../../db/types.ts'
import type { Actor } from './actor.ts'
import { type Commit, type CommitOptions, createCommit } from './commit/commit.ts'
import { createRedactor, type Redactor } from './redactor.ts'

/** The database as entry points hold it, to build contexts and to access the bot's own records. */
export type Store = Db

/** What a verb needs: who acts, whose board, the time, and the database. */
export interface Ctx {
  readonly ownerId: string
  readonly actor: Actor
  readonly now: () => Date
  /** Redacts secrets in agents' text before it is stored. */
  readonly redactor: Redactor
  /** Reads only. */
  readonly db: Reader
  /** The only way to write: rows, events and audit entries in one statement. */
  readonly commit: Commit
}

/** What a decision needs: no database. */
export type DecisionCtx = Omit<Ctx, 'db' | 'commit'>

export interface CtxOptions extends CommitOptions {
  /** Absent: a redactor that knows secrets by their form only. */
  readonly redactor?: Redactor
}

/** Builds the context for calling verbs. */
export function createCtx({ redactor = createRedactor(), ...options }: CtxOptions): Ctx {
  const { db, ownerId, actor, now } = options
  return { ownerId, actor, now, redactor, db, commit: createCommit(options) }
}
