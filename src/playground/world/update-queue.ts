import type { Update } from 'grammy/types'

export type UpdateKind = Exclude<keyof Update, 'update_id'>

export interface QueuedUpdate {
  readonly update: Update
  /** Updates in one lane are delivered in order: messages by chat, queries by user. */
  readonly lane: string
  readonly expiresAt: number
  /** Remaining deliveries; more than one only because of a planned fault. */
  copies: number
}

export interface UpdateQueue {
  /** The kinds that the bot asked for; null: the default kinds. */
  allowed: readonly string[] | null
  readonly push: (
    kind: UpdateKind,
    payload: unknown,
    delivery: { readonly lane: string; readonly seconds: number; readonly copies: number },
  ) => number | null
  /** Returns pending updates, oldest first, without expired ones. */
  readonly pending: () => readonly QueuedUpdate[]
  readonly confirm: (updateId: number) => void
  readonly clear: () => void
}

const mustBeAskedFor: readonly string[] = ['chat_member', 'message_reaction', 'message_reaction_count']

/** Creates the queue of the bot's pending updates, numbered in sequence. */
export function createUpdateQueue(input: {
  readonly clock: () => Date
  readonly emit: (event: {
    readonly type: 'update-queued' | 'update-confirmed' | 'update-expired'
    readonly updateId: number
  }) => void
  readonly firstUpdateId: number
}): UpdateQueue {
  const waiting = new Map<number, QueuedUpdate>()
  let nextUpdateId = input.firstUpdateId

  const queue: UpdateQueue = {
    allowed: null,
    push: (kind, payload, { lane, seconds, copies }) => {
      const wanted = queue.allowed === null ? !mustBeAskedFor.includes(kind) : queue.allowed.includes(kind)
      if (!wanted) return null
      const updateId = nextUpdateId++
      const update = structuredClone({ update_id: updateId, [kind]: payload }) as Update
      waiting.set(updateId, { update, lane, expiresAt: input.clock().getTime() + seconds * 1000, copies })
      input.emit({ type: 'update-queued', updateId })
      return updateId
    },
    pending: () => {
      const now = input.clock().getTime()
      for (const [updateId, { expiresAt }] of waiting) {
        if (expiresAt > now) continue
        waiting.delete(updateId)
        input.emit({ type: 'update-expired', updateId })
      }
      return [...waiting.values()]
    },
    confirm: (updateId) => {
      const queued = waiting.get(updateId)
      if (queued === undefined || --queued.copies > 0) return
      waiting.delete(updateId)
      input.emit({ type: 'update-confirmed', updateId })
    },
    clear: () => {
      for (const updateId of waiting.keys()) input.emit({ type: 'update-expired', updateId })
      waiting.clear()
    },
  }
  return queue
}
