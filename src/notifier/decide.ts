import { changeState } from '../domain/bot-state.ts'
import type { Store } from '../domain/context.ts'
import type { BoardEvent } from '../domain/events.ts'
import { messagesOfComments } from '../domain/feedback.ts'
import { livingCards, markCardsStale } from '../domain/living-cards.ts'
import { type BotMessageRow, type NewMessage, queueMessages } from '../domain/messages.ts'
import { newestEventId, readEvents } from '../domain/outbox.ts'
import { threadFor } from '../domain/project-topics.ts'
import { type OwnerSettings, readOwnerSettings } from '../domain/settings.ts'
import { findTask, findTasksByKey, readDetails, type Scope } from '../domain/tasks/read.ts'
import type { Task, TaskDetail } from '../domain/tasks/task.ts'
import { findWorkLogs } from '../domain/work-logs.ts'
import { deletedMessage, logMessage } from '../view/log-message.ts'
import type { Happening, NewsMessage } from '../view/news.ts'
import { newsMessage } from '../view/news-message.ts'
import { toRequest } from '../view/request.ts'
import {
  type Attention,
  attentionOf,
  loudnessOf,
  stillHolds,
  type TaskNews,
  type Weighed,
  weigh,
  wholeActions,
} from './attention.ts'

const pageSize = 300
// So long what is only good to know waits for more of its kind, and a card for the bot to show a change of the owner's itself.
const gatherMs = 3_000
const cardLivesMs = 48 * 60 * 60_000

export const ranks: Record<Attention, number> = { 'needs-you': 0, finished: 1, info: 3 }

export interface Decider {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
}

/**
 * Reads the events after the cursor and writes, together with the new cursor, the messages that they are worth; marks the living
 * cards of all tasks that changed. While nobody is bound the past is passed over. Returns the new cursor, null where nothing is new.
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
    await queueMessages(tx, decision.messages, now)
    return events.at(-1)?.id
  })
  return moved ?? null
}

interface Circumstances {
  readonly chatId: number
  readonly settings: OwnerSettings
  readonly now: Date
}

interface Decision {
  readonly messages: readonly NewMessage[]
  readonly staleNow: readonly string[]
  readonly staleSoon: readonly string[]
}

async function decideOn(
  scope: Scope,
  events: readonly BoardEvent[],
  facts: Circumstances,
): Promise<Decision> {
  const weighed = weigh(events)
  const tasks = await tasksByKey(scope, weighed)
  const idsOf = (keys: readonly string[]) => keys.flatMap((key) => tasks.get(key)?.id ?? [])
  const staleNow = idsOf(weighed.tasks.map(({ taskKey }) => taskKey))
  const cards = new Map(
    (await livingCards(scope.db, facts.chatId, staleNow)).map((card) => [card.taskId, card]),
  )
  const taskOf = (news: TaskNews) => tasks.get(news.taskKey) ?? null
  const spoken = weighed.tasks.flatMap((news) => {
    const task = taskOf(news)
    return task !== null && isSpoken(news, task, facts) ? [task] : []
  })
  const details = new Map((await readDetails(scope, spoken)).map((detail) => [detail.id, detail]))
  const messages = weighed.tasks.flatMap((news) => {
    const task = taskOf(news)
    const known = task === null ? {} : { card: cards.get(task.id), detail: details.get(task.id) }
    return tellTask(news, { task, ...known }, facts)
  })
  return {
    messages: [
      ...messages,
      ...(await tellLogs(scope, weighed, facts)),
      ...(await tellFetched(scope, weighed, facts)),
    ],
    staleNow,
    staleSoon: idsOf(weighed.changedByOwner),
  }
}

/** The tasks that events name, by the key that the events know. */
async function tasksByKey(scope: Scope, weighed: Weighed): Promise<Map<string, Task>> {
  const keys = [...weighed.tasks.map(({ taskKey }) => taskKey), ...weighed.changedByOwner]
  const found = new Map((await findTasksByKey(scope, keys)).map((task) => [task.key, task]))
  for (const key of keys.filter((key) => !found.has(key))) {
    const moved = await findTask(scope, key)
    if (moved !== null) found.set(key, moved)
  }
  return found
}

/** Whether news has a message of its own, and is not told by the task's living card alone. */
function isSpoken({ what }: TaskNews, task: Task, { settings }: Circumstances): boolean {
  if (what === 'deleted') return false
  return attentionNow(what, task) !== 'info' || loudnessOf('info', task.project.key, settings) !== 'silent'
}

function attentionNow(what: Happening, task: Task): Attention {
  return stillHolds(what, task.status) ? attentionOf(what) : 'info'
}

function tellTask(
  news: TaskNews,
  known: {
    readonly task: Task | null
    readonly card?: BotMessageRow | undefined
    readonly detail?: TaskDetail | undefined
  },
  facts: Circumstances,
): NewMessage[] {
  const { what, reported } = news
  const by = nameOf(news.actor)
  if (what === 'deleted') {
    const projectKey = news.taskKey.slice(0, news.taskKey.lastIndexOf('-'))
    return say(deletedMessage({ by, key: news.taskKey, title: news.title }), {
      attention: 'info',
      projectKey,
      facts,
    })
  }
  const { task, card, detail } = known
  if (task === null) return []
  if (detail === undefined) return wantsCard(task, card, facts.now) ? [newCard(task, facts)] : []
  return say(newsMessage({ task: detail, what, by, reported }), {
    attention: attentionNow(what, task),
    projectKey: task.project.key,
    taskId: task.id,
    facts,
  })
}

async function tellLogs(scope: Scope, { logs }: Weighed, facts: Circumstances): Promise<NewMessage[]> {
  const found = await findWorkLogs(
    scope,
    logs.map(({ logId }) => logId),
  )
  const keys = found.flatMap(({ taskKey }) => taskKey ?? [])
  const ids = new Map((await findTasksByKey(scope, keys)).map(({ key, id }) => [key, id]))
  return logs.flatMap(({ logId, actor }) => {
    const log = found.find(({ id }) => id === logId)
    if (log === undefined) return []
    return say(logMessage({ ...log, by: nameOf(actor) }), {
      attention: 'finished',
      projectKey: log.projectKey,
      taskId: ids.get(log.taskKey ?? '') ?? null,
      facts,
    })
  })
}

/** Marks the messages of comments that an agent has fetched. */
async function tellFetched(
  scope: Scope,
  { fetched }: Weighed,
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
        parameters: { message_id: messageId, reaction: [{ type: 'emoji', emoji: '👌' }] },
      },
      rank: ranks.info,
    }))
}

function say(
  message: NewsMessage,
  about: {
    readonly attention: Attention
    readonly projectKey: string | null
    readonly taskId?: string | null
    readonly facts: Circumstances
  },
): NewMessage[] {
  const { attention, facts, taskId = null } = about
  const loudness = loudnessOf(attention, about.projectKey, facts.settings)
  if (loudness === 'off') return []
  const { card, file, line } = message
  return [
    {
      chatId: facts.chatId,
      threadId: threadFor(facts.settings, about.projectKey),
      purpose: 'news',
      taskId,
      request: toRequest(card, { silent: loudness === 'silent', file, line }),
      rank: ranks[attention],
      notBefore: attention === 'info' ? later(facts.now) : null,
    },
  ]
}

/** A living card is posted where there is none, or where the chat has long gone on since. */
function wantsCard(task: Task, card: BotMessageRow | undefined, now: Date): boolean {
  if (task.status === 'done' || task.status === 'archived') return false
  if (card === undefined) return true
  return card.sentAt !== null && now.getTime() - card.sentAt.getTime() > cardLivesMs
}

function newCard(task: Task, { chatId, settings, now }: Circumstances): NewMessage {
  const threadId = threadFor(settings, task.project.key)
  return { chatId, threadId, purpose: 'card', taskId: task.id, rank: ranks.info, notBefore: later(now) }
}

function later(now: Date): Date {
  return new Date(now.getTime() + gatherMs)
}

function nameOf(actor: string): string {
  return actor.startsWith('agent:') ? actor.slice('agent:'.length) : 'The board'
}
