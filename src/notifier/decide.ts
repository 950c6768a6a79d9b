import type { Store } from '../domain/core/context.ts'
import { hourMs } from '../domain/core/durations.ts'
import type { BoardEvent } from '../domain/core/events.ts'
import { newestEventId, readEvents } from '../domain/core/outbox.ts'
import type { Scope } from '../domain/core/scope.ts'
import { readOwnerSettings } from '../domain/settings/settings.ts'
import { findTask, findTasksByKey } from '../domain/tasks/read.ts'
import { takeDeletionQuestions } from '../domain/tasks/removal/deletion-limit.ts'
import type { Task } from '../domain/tasks/task.ts'
import { changeState } from '../telegram/store/bot-state.ts'
import { enqueue, type NewMessage } from '../telegram/store/messages/enqueue.ts'
import {
  enqueueCards,
  livingCards,
  markCardsStale,
  type NewCard,
} from '../telegram/store/messages/living-cards.ts'
import type { BotMessageRow } from '../telegram/store/messages/messages.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { toRequest } from '../view/kit/request.ts'
import { deletionLimitNotice } from '../view/notifications/notices.ts'
import {
  type Classified,
  type ClassifiedTask,
  classify,
  loudnessOf,
  reportOf,
  wholeActions,
} from './classify.ts'
import { agentOf, debounced, eventMessages, type Recipient, senderOf } from './event-messages.ts'

const pageSize = 300
// Progress on a task whose card is older than this posts a new card.
const cardLifetimeMs = 48 * hourMs

/** The dependencies of `decide`. */
export interface Decider {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
}

/**
 * Reads the events after the cursor and queues the cards, messages and edits they call for, together with the new
 * cursor. Skips events while no chat is linked. Returns the new cursor; null if there were no events.
 */
export async function decide({ store, ownerId, now: clock }: Decider): Promise<number | null> {
  const now = clock()
  const moved = await changeState<number>(store, 'notifier_cursor', now, async (tx, cursor) => {
    const scope = { db: tx, ownerId }
    // Read before the settings, so that an event after the chat was linked has a higher ID.
    const newest = await newestEventId(scope)
    const settings = await readOwnerSettings(scope)
    if (cursor === undefined || settings.chatId === null || settings.userId === null)
      return newest === cursor ? undefined : newest
    const events = wholeActions(await readEvents(scope, { after: cursor, limit: pageSize }), pageSize)
    if (!settings.enabled || events.length === 0) return events.at(-1)?.id
    const { chatId } = settings
    const decision = await decideOn(scope, events, { chatId, settings, now })
    await markCardsStale(tx, chatId, decision.staleNow, now)
    await markCardsStale(tx, chatId, decision.staleSoon, debounced(now))
    // A file comes before the card with its buttons.
    await enqueue(tx, decision.messages, now)
    await enqueueCards(tx, decision.cards, now)
    return events.at(-1)?.id
  })
  return moved ?? null
}

/** Asks the owner about tokens that reached their deletion limit. Returns whether anything was queued. */
export async function askAboutDeletions({ store, ownerId, now: clock }: Decider): Promise<boolean> {
  const now = clock()
  const { chatId, threadId, userId, enabled, notify } = await readOwnerSettings({ db: store, ownerId })
  if (chatId === null || userId === null || !enabled) return false
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

interface Decision {
  readonly messages: readonly NewMessage[]
  readonly cards: readonly NewCard[]
  /** Task IDs whose living cards are edited as soon as possible. */
  readonly staleNow: readonly string[]
  /** Task IDs that only the owner changed. The bot usually shows those itself. */
  readonly staleSoon: readonly string[]
}

async function decideOn(
  scope: Scope,
  events: readonly BoardEvent[],
  recipient: Recipient,
): Promise<Decision> {
  const classified = classify(events)
  const tasks = await tasksByKey(scope, classified)
  const idsOf = (keys: readonly string[]) => keys.flatMap((key) => tasks.get(key)?.id ?? [])
  const staleNow = idsOf(classified.tasks.map(({ taskKey }) => taskKey))
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
    staleSoon: idsOf(classified.changedByOwner),
  }
}

/** Finds tasks by the key in the event. A task that has moved now has another key. */
async function tasksByKey(scope: Scope, classified: Classified): Promise<Map<string, Task>> {
  const keys = [...classified.tasks.map(({ taskKey }) => taskKey), ...classified.changedByOwner]
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
  const isProgress = kind === 'new' || kind === 'changed'
  if (isProgress && living !== undefined && !isOld(living, now)) return null
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
    notBefore: isProgress ? debounced(now) : null,
  }
}

function isOld({ sentAt }: BotMessageRow, now: Date): boolean {
  return sentAt !== null && now.getTime() - sentAt.getTime() > cardLifetimeMs
}
