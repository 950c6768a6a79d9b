import { eq, lt } from 'drizzle-orm'
import { botConversations, botState } from '../db/schema.ts'
import type { Db, Reader } from '../db/types.ts'

/** A small fact the bot keeps between starts; undefined where there is none. Read it as the type it was written with. */
export async function readState<T>(db: Reader, key: StateKey): Promise<T | undefined> {
  const [row] = await db.select({ value: botState.value }).from(botState).where(eq(botState.key, key))
  return row?.value as T | undefined
}

/** `notifier_cursor`: the last event the notifier has decided on; `commands_hash`: the command menu that Telegram has. */
export type StateKey = 'notifier_cursor' | 'commands_hash' | 'digest_due_at'

export async function writeState(db: Db, key: StateKey, value: unknown, now: Date): Promise<void> {
  await db
    .insert(botState)
    .values({ key, value, updatedAt: now })
    .onConflictDoUpdate({ target: botState.key, set: { value, updatedAt: now } })
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
export async function forgetConversations(db: Db, before: Date): Promise<number> {
  const gone = await db
    .delete(botConversations)
    .where(lt(botConversations.updatedAt, before))
    .returning({ key: botConversations.key })
  return gone.length
}
