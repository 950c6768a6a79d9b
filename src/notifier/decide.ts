import type { BoardEvent } from '../domain/core/events.ts'
import type { Scope } from '../domain/core/scope.ts'
import type { OwnerSettings } from '../domain/settings/settings.ts'
import { findTask, findTasksByKey } from '../domain/tasks/read.ts'
import { takeDeletionQuestions } from '../domain/tasks/removal/deletion-limit.ts'
import type { Task } from '../domain/tasks/task.ts'
import { commitDecision, type Decision } from '../telegram/store/messages/decision.ts'
import { enqueue, type NewMessage } from '../telegram/store/messages/enqueue.ts'
import { findLiveChanges } from '../telegram/store/messages/live-cards.ts'
import { livingCards, markCardsStale, type NewCard } from '../telegram/store/messages/living-cards.ts'
import type { BotMessageRow } from '../telegram/store/messages/messages.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { eventPageSize, readUnread } from '../telegram/store/unread-events.ts'
import { toRequest } from '../view/kit/request.ts'
import { deletionLimitNotice } from '../view/notifications/notices.ts'
import {
  type ClassifiedTask,
  classify,
  isEditEnough,
  isProgress,
  loudnessOf,
  reportOf,
  wholeActions,
} from './classify.ts'
import {
  agentOf,
  type Decider,
  debounced,
  eventMessages,
  type Recipient,
  senderOf,
} from './event-messages.ts'
import { queueLimits } from './limits.ts'
import { queueQuestions } from './questions.ts'

/** What a round did. */
export interface Decided {
  /** Whether something queued is due now. */
  readonly isDue: boolean
  /** Whether more events wait. */
  readonly hasMore: boolean
}

/**
 * Reads the events after the cursor and queues the cards, messages and edits they call for, together with the new
 * cursor. Skips events while no chat is linked. Returns null if there was nothing to do.
 */
export async function decide(deps: Decider): Promise<Decided | null> {
  const { store, ownerId } = deps
  const now = deps.now()
  const unread = await readUnread(store, ownerId, now)
  const { cursor, newest, events: page, settings, asks, hasLimits, hasQuestions, isLive } = unread
  const { chatId, userId, enabled } = settings
  const isLinked = chatId !== null && userId !== null
  const linked = isLinked && enabled ? { ...settings, chatId } : null
  const isLimited = asks && linked !== null && (await askAboutDeletions(deps, linked))
  const isQuestion = hasQuestions && linked !== null && (await queueQuestions(deps, linked))
  const isLiveEdit = isLive && linked !== null && (await editLiveCard(deps, linked.chatId))
  const isNotified = hasLimits && linked !== null && (await queueLimits(deps, linked))
  const isAsked = isLimited || isNotified || isQuestion || isLiveEdit
  const asked = isAsked ? { isDue: true, hasMore: false } : null
  const events = wholeActions(page, eventPageSize)
  const to = cursor === null || !isLinked ? newest : (events.at(-1)?.id ?? cursor)
  if (to === cursor) return asked
  const decision =
    isLinked && enabled && events.length > 0
      ? await decideOn({ db: store, ownerId }, events, { chatId, settings, now })
      : nothing
  const soon = debounced(now)
  if (!(await commitDecision(store, { from: cursor, to }, { ...decision, ownerId, chatId }, { now, soon })))
    return asked
  const queued = [...decision.messages, ...decision.cards]
  const isDue = isAsked || decision.staleNow.length > 0 || queued.some(({ notBefore }) => !notBefore)
  return { isDue, hasMore: to < newest }
}

/** Marks the card with the newest report of hooks for an edit. Returns whether there was one. */
async function editLiveCard({ store, now: clock, takeLiveEdit }: Decider, chatId: number): Promise<boolean> {
  const now = clock()
  if (takeLiveEdit?.(chatId) === false) return false
  const ids = await findLiveChanges(store, { chatId, now, limit: 1 })
  await markCardsStale(store, chatId, ids, now)
  return ids.length > 0
}

const nothing: Decision = { messages: [], cards: [], staleNow: [], staleSoon: [] }

/** Asks the owner about tokens that reached their deletion limit. Returns whether anything was queued. */
async function askAboutDeletions(
  { store, ownerId, now: clock }: Decider,
  { chatId, threadId, notify }: OwnerSettings & { readonly chatId: number },
): Promise<boolean> {
  const now = clock()
  return store.transaction(async (tx) => {
    const questions = await takeDeletionQuestions(tx, { ownerId, now })
    if (notify.needsYou === 'off') return false
    const silent = notify.needsYou === 'silent'
    const messages = questions.map(
      (token): NewMessage => ({
        chatId,
        threadId,
        purpose: 'notice',
        request: { ...toRequest(deletionLimitNotice(token), { silent }), sender: token.tokenId },
        priority: 'urgent',
      }),
    )
    await enqueue(tx, messages, now)
    return messages.length > 0
  })
}

async function decideOn(
  scope: Scope,
  events: readonly BoardEvent[],
  recipient: Recipient,
): Promise<Decision> {
  const classified = classify(events)
  const tasks = await tasksByKey(
    scope,
    classified.tasks.map(({ taskKey }) => taskKey),
  )
  const staleNow = [...new Set([...tasks.values()].map(({ id }) => id))]
  const living = new Map(
    (await livingCards(scope.db, recipient.chatId, staleNow)).map((card) => [card.taskId, card]),
  )
  const cards = classified.tasks.flatMap((changed) => {
    const task = tasks.get(changed.taskKey)
    const card = task === undefined ? null : cardFor(changed, task, living.get(task.id), recipient)
    return task === undefined || card === null ? [] : [{ card, task, reported: changed.reported }]
  })
  return {
    messages: await eventMessages(scope, { classified, cards }, recipient),
    cards: cards.map(({ card }) => card),
    staleNow,
    // A key that a move to another project has retired needs no lookup: the move itself has the new key.
    staleSoon: [...classified.changedQuietly, ...classified.fetched.map(({ taskKey }) => taskKey)],
  }
}

/** Finds tasks by the key in the event. A task that has moved now has another key. */
async function tasksByKey(scope: Scope, keys: readonly string[]): Promise<Map<string, Task>> {
  const found = new Map((await findTasksByKey(scope, keys)).map((task) => [task.key, task]))
  for (const key of keys.filter((key) => !found.has(key))) {
    const moved = await findTask(scope, key)
    if (moved !== null) found.set(key, moved)
  }
  return found
}

/** Returns the card to post for a change; null if editing the living card is enough. */
function cardFor(
  changed: ClassifiedTask,
  task: Task,
  living: BotMessageRow | undefined,
  { chatId, settings, now }: Recipient,
): NewCard | null {
  const kind = reportOf(changed, task)
  if (kind === null) return null
  if (living !== undefined && isEditEnough(kind, living, now)) return null
  const loudness = loudnessOf(kind, task.project.key, settings)
  if (loudness === 'off') return null
  return {
    chatId,
    threadId: threadFor(settings, task.project.key),
    taskId: task.id,
    group: { kind, by: agentOf(changed.actor) },
    ...senderOf(changed),
    silent: loudness === 'silent',
    since: (task.question?.askedAt ?? changed.at).toISOString(),
    notBefore: isProgress(kind) ? debounced(now) : null,
  }
}
