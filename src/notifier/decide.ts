import type { ReactionTypeEmoji } from 'grammy/types'
import type { Store } from '../domain/core/context.ts'
import { hourMs } from '../domain/core/durations.ts'
import type { BoardEvent } from '../domain/core/events.ts'
import { newestEventId, readEvents } from '../domain/core/outbox.ts'
import type { Scope } from '../domain/core/scope.ts'
import { type OwnerSettings, readOwnerSettings } from '../domain/settings/settings.ts'
import { readCardFacts } from '../domain/tasks/card.ts'
import { messagesOfComments } from '../domain/tasks/notes/feedback.ts'
import { findTask, findTasksByKey } from '../domain/tasks/read.ts'
import { takeDeletionQuestions } from '../domain/tasks/removal/deletion-limit.ts'
import { findDeletion, findDeletionsAround } from '../domain/tasks/removal/deletions.ts'
import type { Task } from '../domain/tasks/task.ts'
import { findWorkLogs } from '../domain/work-logs/work-logs.ts'
import { changeState } from '../telegram/store/bot-state.ts'
import { enqueue, type NewMessage } from '../telegram/store/enqueue.ts'
import { enqueueCards, livingCards, markCardsStale, type NewCard } from '../telegram/store/living-cards.ts'
import type { BotMessageRow } from '../telegram/store/messages.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import type { ReportKind } from '../telegram/store/stored-request.ts'
import { toRequest } from '../view/kit/request.ts'
import { signs } from '../view/kit/signs.ts'
import { deletedMessage, logMessage, type NotificationMessage } from '../view/notifications/message.ts'
import { deletionLimitNotice } from '../view/notifications/notices.ts'
import { reportFile } from '../view/notifications/report-file.ts'
import {
  type ChangedTask,
  type Classified,
  classify,
  loudnessOf,
  reportOf,
  wholeActions,
} from './classify.ts'

const pageSize = 300
// Progress waits for more of its kind, and a card for the bot to show the owner's change itself.
const gatherMs = 3_000
const cardLivesMs = 48 * hourMs

export interface Decider {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
}

/**
 * Reads the events after the cursor and queues, together with the new cursor, what they are worth: cards to be posted, messages,
 * edits. While nobody is bound, the past is skipped. Returns the new cursor; null if nothing is new.
 */
export async function decide({ store, ownerId, now: clock }: Decider): Promise<number | null> {
  const now = clock()
  const moved = await changeState<number>(store, 'notifier_cursor', now, async (tx, cursor) => {
    const scope = { db: tx, ownerId }
    // Read before the settings: whatever happens after somebody was bound has a higher id.
    const newest = await newestEventId(scope)
    const settings = await readOwnerSettings(scope)
    if (cursor === undefined || settings.chatId === null || settings.userId === null)
      return newest === cursor ? undefined : newest
    const events = wholeActions(await readEvents(scope, { after: cursor, limit: pageSize }), pageSize)
    if (!settings.enabled || events.length === 0) return events.at(-1)?.id
    const { chatId } = settings
    const decision = await decideOn(scope, events, { chatId, settings, now })
    await markCardsStale(tx, chatId, decision.staleNow, now)
    await markCardsStale(tx, chatId, decision.staleSoon, later(now))
    // A file goes before the card whose buttons are about it.
    await enqueue(tx, decision.messages, now)
    await enqueueCards(tx, decision.cards, now)
    return events.at(-1)?.id
  })
  return moved ?? null
}

/** Asks the owner about tokens that met their limit of deletions. Returns whether there is something to send. */
export async function askAboutDeletions({ store, ownerId, now: clock }: Decider): Promise<boolean> {
  const now = clock()
  const { chatId, threadId, userId, enabled, notify } = await readOwnerSettings({ db: store, ownerId })
  if (chatId === null || userId === null || !enabled) return false
  return store.transaction(async (tx) => {
    const questions = await takeDeletionQuestions(tx, { ownerId, now })
    if (notify.needsYou === 'off') return false
    const silent = notify.needsYou === 'silent'
    const messages = questions.map((token) => ({
      chatId,
      threadId,
      purpose: 'notice' as const,
      request: { ...toRequest(deletionLimitNotice(token), { silent }), sender: token.tokenId },
      priority: 'urgent' as const,
    }))
    await enqueue(tx, messages, now)
    return messages.length > 0
  })
}

interface Circumstances {
  readonly chatId: number
  readonly settings: OwnerSettings
  readonly now: Date
}

interface Decision {
  readonly messages: readonly NewMessage[]
  readonly cards: readonly NewCard[]
  readonly staleNow: readonly string[]
  readonly staleSoon: readonly string[]
}

async function decideOn(
  scope: Scope,
  events: readonly BoardEvent[],
  facts: Circumstances,
): Promise<Decision> {
  const classified = classify(events)
  const tasks = await tasksByKey(scope, classified)
  const idsOf = (keys: readonly string[]) => keys.flatMap((key) => tasks.get(key)?.id ?? [])
  const staleNow = idsOf(classified.tasks.map(({ taskKey }) => taskKey))
  const living = new Map(
    (await livingCards(scope.db, facts.chatId, staleNow)).map((card) => [card.taskId, card]),
  )
  const reports = classified.tasks.flatMap((changed) => {
    const task = tasks.get(changed.taskKey)
    const card = task === undefined ? null : cardFor(changed, task, living.get(task.id), facts)
    return task === undefined || card === null ? [] : [{ card, task, reported: changed.reported }]
  })
  const messages = [
    ...(await fileMessages(scope, reports, facts)),
    ...(await deletionMessages(scope, classified, facts)),
    ...(await logMessages(scope, classified, facts)),
    ...(await fetchedReactions(scope, classified, facts)),
  ]
  const staleSoon = idsOf(classified.changedByOwner)
  return { messages, cards: reports.map(({ card }) => card), staleNow, staleSoon }
}

/** The tasks that events name, by the key that the events know. */
async function tasksByKey(scope: Scope, classified: Classified): Promise<Map<string, Task>> {
  const keys = [...classified.tasks.map(({ taskKey }) => taskKey), ...classified.changedByOwner]
  const found = new Map((await findTasksByKey(scope, keys)).map((task) => [task.key, task]))
  for (const key of keys.filter((key) => !found.has(key))) {
    const moved = await findTask(scope, key)
    if (moved !== null) found.set(key, moved)
  }
  return found
}

/** The card that a change is worth; null if the living card is edited instead. */
function cardFor(
  changed: ChangedTask,
  task: Task,
  living: BotMessageRow | undefined,
  { chatId, settings, now }: Circumstances,
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
    notBefore: isProgress ? later(now) : null,
  }
}

/** Whether the chat has long moved on since a card was posted. */
function isOld({ sentAt }: BotMessageRow, now: Date): boolean {
  return sentAt !== null && now.getTime() - sentAt.getTime() > cardLivesMs
}

/** What an agent wrote that a card doesn't show in full, as files. */
async function fileMessages(
  scope: Scope,
  reports: readonly { readonly card: NewCard; readonly task: Task; readonly reported: boolean }[],
  { chatId }: Circumstances,
): Promise<NewMessage[]> {
  const written = reports.filter(({ reported }) => reported)
  const shown = await readCardFacts(
    scope,
    written.map(({ task }) => task),
  )
  return shown.flatMap((task) => {
    const report = reportFile(task)
    const card = written.find(({ card }) => card.taskId === task.id)?.card
    if (report === null || card === undefined) return []
    return {
      chatId,
      threadId: card.threadId,
      purpose: 'notification' as const,
      taskId: task.id,
      request: {
        ...toRequest(report.caption, { silent: true, file: report.file }),
        ...(card.sender === undefined ? {} : { sender: card.sender }),
      },
      priority: card.group.kind === 'needs-you' ? ('urgent' as const) : ('normal' as const),
    }
  })
}

async function deletionMessages(
  scope: Scope,
  { tasks }: Classified,
  facts: Circumstances,
): Promise<NewMessage[]> {
  const messages: NewMessage[] = []
  for (const changed of tasks) {
    const { change, actor, taskKey, title } = changed
    if (change !== 'deleted') continue
    const projectKey = taskKey.slice(0, taskKey.lastIndexOf('-'))
    const auditId = await findDeletion(scope, taskKey)
    const others = auditId === null ? 0 : (await findDeletionsAround(scope, auditId)).length - 1
    const message = deletedMessage({
      by: agentOf(actor) ?? theBoard,
      key: taskKey,
      title,
      auditId,
      others: Math.max(0, others),
    })
    const queued = notify(message, { kind: 'deleted', by: changed, projectKey, facts })
    messages.push(...queued.map((one) => withDeletion(one, auditId)))
  }
  return messages
}

function withDeletion(message: NewMessage, deletion: string | null): NewMessage {
  const { request } = message
  if (deletion === null || !request || request.method === 'card') return message
  return { ...message, request: { ...request, deletion } }
}

async function logMessages(scope: Scope, { logs }: Classified, facts: Circumstances): Promise<NewMessage[]> {
  const found = await findWorkLogs(
    scope,
    logs.map(({ logId }) => logId),
  )
  return logs.flatMap((by) => {
    const { logId, actor } = by
    const log = found.find(({ id }) => id === logId)
    if (log === undefined) return []
    const { projectKey } = log
    const message = logMessage({ ...log, by: agentOf(actor) ?? theBoard })
    return notify(message, { kind: 'log', by, projectKey, facts })
  })
}

/** Marks the owner's messages whose words an agent has fetched. */
async function fetchedReactions(
  scope: Scope,
  { fetched }: Classified,
  { chatId }: Circumstances,
): Promise<NewMessage[]> {
  const written = await messagesOfComments(scope, fetched)
  return written
    .filter((message) => message.chatId === chatId)
    .map(({ messageId }) => ({
      chatId,
      purpose: 'notice',
      request: {
        method: 'setMessageReaction',
        parameters: {
          message_id: messageId,
          reaction: [{ type: 'emoji', emoji: signs.read } satisfies ReactionTypeEmoji],
        },
      },
      priority: 'progress',
    }))
}

function notify(
  { card, file, line }: NotificationMessage,
  about: {
    readonly kind: ReportKind
    readonly by: Pick<ChangedTask, 'actor' | 'tokenId'>
    readonly projectKey: string | null
    readonly facts: Circumstances
  },
): NewMessage[] {
  const { kind, by, projectKey, facts } = about
  const loudness = loudnessOf(kind, projectKey, facts.settings)
  if (loudness === 'off') return []
  const group = { kind, by: agentOf(by.actor) }
  return [
    {
      chatId: facts.chatId,
      threadId: threadFor(facts.settings, projectKey),
      purpose: 'notification',
      request: { ...toRequest(card, { silent: loudness === 'silent', file, line }), group, ...senderOf(by) },
      priority: 'progress',
      notBefore: later(facts.now),
    },
  ]
}

function later(now: Date): Date {
  return new Date(now.getTime() + gatherMs)
}

const theBoard = 'The board'

function senderOf({ tokenId }: Pick<ChangedTask, 'tokenId'>) {
  return tokenId === undefined ? {} : { sender: tokenId }
}

function agentOf(actor: string): string | null {
  return actor.startsWith('agent:') ? actor.slice('agent:'.length) : null
}
