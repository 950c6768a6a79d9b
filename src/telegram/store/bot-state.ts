import { eq, lt, sql } from 'drizzle-orm'
import { botConversations, botState } from '../../db/schema.ts'
import type { Db, Reader, Tx } from '../../db/types.ts'
import { deleteExpiredRows } from '../../domain/core/delete-expired.ts'

/** Reads a value that the bot keeps across restarts; undefined if there is none. `T` must be the type it was written with. */
export async function readState<T>(db: Reader, key: StateKey): Promise<T | undefined> {
  const [row] = await db.select({ value: botState.value }).from(botState).where(eq(botState.key, key))
  return row?.value as T | undefined
}

export type StateKey =
  /** The bot that the owner is bound to. */
  | 'bot_id'
  /** The hash of the newest setup code. */
  | 'setup_code'
  /** The hashes of used values of SETUP_CODE. */
  | 'setup_codes_used'
  /** The id of the last event that the notifier handled. */
  | 'notifier_cursor'
  /** The hash of the command menu that Telegram has. */
  | 'commands_hash'
  /** When the next digest is due. */
  | 'digest_due'
  /** The quiet hours in progress. */
  | 'quiet_hours'
  /** Pauses that Telegram asked for with a 429. */
  | 'holds'
  /** Messages that wait for a token's first use. */
  | 'connecting'
  /** Single-use links for new tokens. */
  | 'token_links'
  // What was already reported.
  | 'reminded_until'
  | 'reminded'
  | 'mornings_told'
  | 'runs_told'
  | 'runners_shown'
  | 'tokens_told'
  | 'security_told'
  | 'conflict_told'

export async function writeState(db: Db, key: StateKey, value: unknown, now: Date): Promise<void> {
  await db
    .insert(botState)
    .values({ key, value, updatedAt: now })
    .onConflictDoUpdate({ target: botState.key, set: { value, updatedAt: now } })
}

/**
 * Changes a value and whatever depends on it in one transaction, under a lock of the key. `work` returns the new value, or undefined
 * to keep the old one.
 */
export async function changeState<T>(
  db: Db,
  key: StateKey,
  now: Date,
  work: (tx: Tx, old: T | undefined) => Promise<T | undefined>,
): Promise<T | undefined> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`state:${key}`}, 0))`)
    const changed = await work(tx, await readState<T>(tx, key))
    if (changed !== undefined) await writeState(tx, key, changed, now)
    return changed
  })
}

/** Stores conversations of several steps, so they survive a restart. */
export interface ConversationStore {
  readonly read: (key: string) => Promise<unknown>
  readonly write: (key: string, value: unknown) => Promise<void>
  readonly delete: (key: string) => Promise<void>
}

export function createConversationStore(db: Db, now: () => Date): ConversationStore {
  return {
    read: async (key) => {
      const [row] = await db
        .select({ value: botConversations.value })
        .from(botConversations)
        .where(eq(botConversations.key, key))
      return row?.value
    },
    write: async (key, value) => {
      await db
        .insert(botConversations)
        .values({ key, value, updatedAt: now() })
        .onConflictDoUpdate({ target: botConversations.key, set: { value, updatedAt: now() } })
    },
    delete: async (key) => {
      await db.delete(botConversations).where(eq(botConversations.key, key))
    },
  }
}

/** Deletes conversations that were last answered before `before`. Returns how many. */
export async function deleteExpiredConversations(db: Db, before: Date): Promise<number> {
  return deleteExpiredRows(db, botConversations, lt(botConversations.updatedAt, before))
}
