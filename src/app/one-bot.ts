import type { Ctx, Store } from '../domain/core/context.ts'
import { readState, writeState } from '../telegram/store/bot-state.ts'
import { unbindChat } from '../telegram/store/chat-binding.ts'
import { deleteOtherBots } from '../telegram/store/updates.ts'

/** Unbinds the owner's chat when the token belongs to another bot than before: that bot hasn't met the owner yet. */
export async function keepToOneBot(
  system: Ctx,
  { store, botId, now }: { readonly store: Store; readonly botId: number; readonly now: () => Date },
): Promise<void> {
  const known = await readState<number>(store, 'bot_id')
  if (known === botId) return
  if (known !== undefined) {
    await unbindChat(system)
    await deleteOtherBots(store, botId)
  }
  await writeState(store, 'bot_id', botId, now())
}
