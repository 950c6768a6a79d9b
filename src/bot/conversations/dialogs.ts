import { conversations } from '@grammyjs/conversations'
import { Composer, type Context } from 'grammy'
import { createConversationStore } from '../../domain/bot-state.ts'
import type { BotContext, BotDeps } from '../context.ts'

// Counted up on each change of a dialog: a dialog that began under another version is forgotten, not replayed wrongly.
const version = 1

/** The dialogs of several steps, kept in the database so that a restart goes on where they were. */
export function dialogs(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  const store = createConversationStore(deps.store, deps.now)
  // An inline query has no chat, and so no dialog.
  const inChat = composer.filter((ctx) => ctx.chat !== undefined)
  inChat.use(
    conversations<BotContext, Context>({
      storage: {
        type: 'key',
        version,
        getStorageKey: (ctx) => String(ctx.chatId),
        adapter: {
          read: async (key) => (await store.read(key)) as never,
          write: store.write,
          delete: store.delete,
        },
      },
    }),
  )
  return composer
}
