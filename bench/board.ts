import type { Database } from '../src/db/types.ts'
import { createToken } from '../src/domain/access/tokens.ts'
import type { Actor } from '../src/domain/core/actor.ts'
import { type Ctx, createCtx } from '../src/domain/core/context.ts'
import { newestEventId } from '../src/domain/core/outbox.ts'
import { changeSettings } from '../src/domain/settings/settings.ts'
import { writeState } from '../src/telegram/store/bot-state.ts'
import { bindChat, unbindChat } from '../src/telegram/store/chat-binding.ts'
import type { BenchStore } from './store.ts'

type Open = Database & { readonly ownerId: string }

/** Opens the database in this process for one task. */
export async function within<T>(store: BenchStore, work: (database: Open) => Promise<T>): Promise<T> {
  const database = await store.open()
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Creates a context on an open database. */
export function ctxOf({ db, ownerId }: Open, actor: Actor = { kind: 'owner' }): Ctx {
  return createCtx({ db, ownerId, actor, now: () => new Date() })
}

/** Creates an agent's token. */
export async function addToken(database: Open): Promise<string> {
  return (await createToken(ctxOf(database), { name: 'bench' })).token
}

/** Binds a playground person's private chat to the owner, as setup does; past events aren't reported. */
export async function bind(database: Open, userId: number): Promise<void> {
  await unbindChat(ctxOf(database))
  await bindChat(ctxOf(database), { chatId: userId, userId })
  await changeSettings(ctxOf(database), { timeZone: 'Europe/Berlin' })
  await writeState(database.db, 'notifier_cursor', await newestEventId(database), new Date())
}
