import { takeNewLimits } from '../domain/runs/engine-limits.ts'
import type { OwnerSettings } from '../domain/settings/settings.ts'
import { findLimit } from '../domain/tasks/runners/limits.ts'
import { enqueue, type NewMessage } from '../telegram/store/messages/enqueue.ts'
import { toRequest } from '../view/kit/request.ts'
import { limitCard } from '../view/notifications/limits.ts'
import type { Decider } from './event-messages.ts'

/** Queues one message about each usage limit that an engine has reached. Returns whether anything was queued. */
export async function queueLimits(
  { store, ownerId, now: clock }: Decider,
  { chatId, threadId, notify, timeZone }: OwnerSettings & { readonly chatId: number },
): Promise<boolean> {
  const now = clock()
  return store.transaction(async (tx) => {
    const scope = { db: tx, ownerId }
    const ids = await takeNewLimits(tx, { ownerId, now })
    if (notify.needsYou === 'off') return false
    const messages: NewMessage[] = []
    for (const id of ids) {
      const limit = await findLimit(scope, id, now)
      if (limit === null || !limit.holds) continue
      const request = toRequest(limitCard(limit, { now, timeZone }), { silent: notify.needsYou === 'silent' })
      messages.push({ chatId, threadId, purpose: 'notice', request, priority: 'urgent' })
    }
    await enqueue(tx, messages, now)
    return messages.length > 0
  })
}
