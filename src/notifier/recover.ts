import type { Store } from '../domain/core/context.ts'
import { readHolds } from '../telegram/store/holds.ts'
import { recoverSending } from '../telegram/store/message-turns.ts'
import type { Throttle } from '../telegram/throttle.ts'

/** Recovers what another process left behind: what it was sending, and what Telegram asked it to wait for. */
export async function recover(deps: {
  readonly store: Store
  readonly throttle: Throttle
  readonly now: () => Date
}): Promise<void> {
  await recoverSending(deps.store)
  for (const { chatId, ms } of await readHolds(deps.store, deps.now())) deps.throttle.hold(ms, chatId)
}
