import { eq, lt, sql } from 'drizzle-orm'
import { botConversations, botState } from '../../db/schema.ts'
import type { Db, Reader, Tx } from '../../db/types.ts'
import { deleteExpiredRows } from '../../domain/core/delete-expired.ts'

/** A small fact the bot keeps between starts; undefined where there is none. Read it as the type it was written with. */
export async function readState<T>(db: Reader, key: StateKey): Promise<T | undefined> {
  const [row] = await db.select({ value: botState.value }).from(botState).where(eq(botState.key, key))
  return row?.value as T | undefined
}

/**
 * `notifier_cursor`: the last event the notifier decided on; `commands_hash`: Telegram's command menu; `bot_id`: the bot that
 * met the owner; `setup_code`, `setup_codes_used`: hashes of the setup link's codes; `digest_due`: when the next digest is; `quiet_hours`: the current ones; `holds`: flood limits; `connecting`:
 * messages that wait for a token's first use; `token_links`: single-use links for new tokens; the rest: what was sent.
 */
export type StateKey =
  | 'bot_id'
  | 'setup_code'
  | 'setup_codes_used'
  | 'notifier_cursor'
  | 'commands_hash'
  | 'digest_due'
  | 'quiet_hours'
  | 'holds'
  | 'reminded_until'
  | 'reminded'
  | 'mornings_told'
  | 'runs_told'
  | 'tokens_told'
  | 'connecting'
  | 'token_links'
  | 'security_told'
  | 'conflict_told'

export async function writeState(db: Db, key: StateKey, value: unknown, now: Date): Promise<void> {
  await db
    .insert(botState)
    .values({ key, value, updatedAt: now })
    .onConflictDoUpdate({ target: botState.key, set: { value, updatedAt: now } })
}

/**
 * Changes a fact together with what follows from it, in one transaction; two who change the same one do it one after the other.
 * `work` returns the new value, undefined where all stays.
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

/** Dialogs of several steps, kept so that a restart goes on where they were. */
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

/** Ends dialogs that nobody has answered since `before`. Returns how many. */
export async function deleteExpiredConversations(db: Db, before: Date): Promise<number> {
  return deleteExpiredRows(db, botConversations, lt(botConversations.updatedAt, before))
}
