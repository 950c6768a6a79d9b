import type { Store } from '../domain/core/context.ts'
import type { Sending } from './call.ts'
import type { Outcome } from './outcome.ts'
import { markNotSent, markSent, type NotSent, setDestination } from './store/messages/mark.ts'

/** The outcome of a call that failed or may have failed. */
export type FailedOutcome = Exclude<Outcome, { readonly kind: 'done' }>

/** Returns the state of a message after a failed call: to be tried again, perhaps arrived, or given up. */
export function stateAfter({ kind }: FailedOutcome): NotSent['state'] {
  switch (kind) {
    case 'uncertain':
      return 'uncertain'
    case 'later':
    case 'stopped':
    case 'moved':
      return 'pending'
    case 'gone':
    case 'topic-gone':
    case 'refused':
      return 'failed'
  }
}

/** Returns why a call failed, in Telegram's words if there are any. */
export function reasonOf(outcome: Outcome): string {
  return 'error' in outcome ? outcome.error : outcome.kind
}

/**
 * Records the call in the new message's row: its topic, and whether it was sent or what happens next. Returns what was
 * recorded for a failure.
 */
export async function recordSending(
  store: Store,
  row: { readonly id: number; readonly chatId: number; readonly threadId: number | null },
  { outcome, threadId }: Sending,
  record: {
    /** The version of the task that the message shows. */
    readonly version: string | null
    readonly renderedAt: Date
    readonly onFailure: (failure: FailedOutcome) => NotSent
  },
): Promise<NotSent | null> {
  const { version: contentHash, renderedAt, onFailure } = record
  if (threadId !== row.threadId) await setDestination(store, row.id, { chatId: row.chatId, threadId })
  if (outcome.kind === 'done') {
    await markSent(store, row.id, { messageId: outcome.messageId ?? 0, contentHash, renderedAt })
    return null
  }
  const notSent = onFailure(outcome)
  await markNotSent(store, row.id, notSent)
  return notSent
}
