import type { ReactionTypeEmoji } from 'grammy/types'
import type { Store } from '../domain/core/context.ts'
import type { Scope } from '../domain/core/scope.ts'
import type { OwnerSettings } from '../domain/settings/settings.ts'
import { readCardFacts } from '../domain/tasks/card.ts'
import { messagesOfComments } from '../domain/tasks/notes/feedback.ts'
import { findDeletion, findDeletionsAround } from '../domain/tasks/removal/deletions.ts'
import type { Task } from '../domain/tasks/task.ts'
import { findWorkLogs } from '../domain/work-logs/work-logs.ts'
import type { NewMessage } from '../telegram/store/messages/enqueue.ts'
import type { NewCard } from '../telegram/store/messages/living-cards.ts'
import type { ReportKind } from '../telegram/store/messages/stored-request.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { toRequest } from '../view/kit/request.ts'
import { signs } from '../view/kit/signs.ts'
import { deletedMessage, logMessage, type NotificationMessage } from '../view/notifications/message.ts'
import { reportFile } from '../view/notifications/report-file.ts'
import { type Classified, type ClassifiedTask, isJustAsked, loudnessOf } from './classify.ts'

// Debounce: a burst of progress becomes one message, and the bot itself shows the owner's own changes.
const debounceMs = 3_000
const theBoard = 'The board'

/** The dependencies of a round. */
export interface Decider {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
  /** Takes the next automatic edit of a card, if the chat's limit allows one now. */
  readonly takeLiveEdit?: (chatId: number) => boolean
}

/** The chat to notify, the owner's settings and the current time. */
export interface Recipient {
  readonly chatId: number
  readonly settings: OwnerSettings
  readonly now: Date
}

/** A card to post with its task; `reported` if a result, plan, reason or question came with the change. */
export interface ReportedCard {
  readonly card: NewCard
  readonly task: Task
  readonly reported: boolean
}

/** Builds the messages that events call for besides cards: files, deletions, work logs and reactions. */
export async function eventMessages(
  scope: Scope,
  { classified, cards }: { readonly classified: Classified; readonly cards: readonly ReportedCard[] },
  recipient: Recipient,
): Promise<NewMessage[]> {
  return [
    ...(await fileMessages(scope, cards.filter(isAboutChange(classified)), recipient)),
    ...(await deletionMessages(scope, classified, recipient)),
    ...(await logMessages(scope, classified, recipient)),
    ...(await readReactions(scope, classified, recipient)),
  ]
}

// A task's card shows its oldest question; the file of a further one comes with its own message.
function isAboutChange({ tasks }: Classified): (card: ReportedCard) => boolean {
  return ({ task: { key, question } }) => {
    const changed = tasks.find(({ taskKey }) => taskKey === key)
    return question === null || changed === undefined || isJustAsked(question, changed.at)
  }
}

/** Attaches text by an agent as files if a card doesn't show all of it. */
async function fileMessages(
  scope: Scope,
  cards: readonly ReportedCard[],
  { chatId }: Recipient,
): Promise<NewMessage[]> {
  const written = cards.filter(({ reported }) => reported)
  const shown = await readCardFacts(
    scope,
    written.map(({ task }) => task),
  )
  return shown.flatMap((task): NewMessage[] => {
    const report = reportFile(task)
    const card = written.find(({ card }) => card.taskId === task.id)?.card
    if (report === null || card === undefined) return []
    return [
      {
        chatId,
        threadId: card.threadId,
        purpose: 'notification',
        taskId: task.id,
        request: {
          ...toRequest(report.caption, { silent: true, file: report.file }),
          ...(card.sender === undefined ? {} : { sender: card.sender }),
        },
        priority: card.group.kind === 'needs-you' ? 'urgent' : 'normal',
      },
    ]
  })
}

async function deletionMessages(
  scope: Scope,
  { tasks }: Classified,
  recipient: Recipient,
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
    const notifications = notify(message, { kind: 'deleted', by: changed, projectKey, recipient })
    messages.push(...notifications.map((one) => withDeletion(one, auditId)))
  }
  return messages
}

function withDeletion(message: NewMessage, deletion: string | null): NewMessage {
  const { request } = message
  if (deletion === null || !request || request.method === 'card') return message
  return { ...message, request: { ...request, deletion } }
}

async function logMessages(scope: Scope, { logs }: Classified, recipient: Recipient): Promise<NewMessage[]> {
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
    return notify(message, { kind: 'log', by, projectKey, recipient })
  })
}

/** Reacts to the owner's messages that an agent has read. */
async function readReactions(
  scope: Scope,
  { fetched }: Classified,
  { chatId }: Recipient,
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
    readonly by: Pick<ClassifiedTask, 'actor' | 'tokenId'>
    readonly projectKey: string | null
    readonly recipient: Recipient
  },
): NewMessage[] {
  const { kind, by, projectKey, recipient } = about
  const loudness = loudnessOf(kind, projectKey, recipient.settings)
  if (loudness === 'off') return []
  const group = { kind, by: agentOf(by.actor) }
  return [
    {
      chatId: recipient.chatId,
      threadId: threadFor(recipient.settings, projectKey),
      purpose: 'notification',
      request: { ...toRequest(card, { silent: loudness === 'silent', file, line }), group, ...senderOf(by) },
      priority: 'progress',
      notBefore: debounced(recipient.now),
    },
  ]
}

/** Returns when to show progress that happens now. */
export function debounced(now: Date): Date {
  return new Date(now.getTime() + debounceMs)
}

/** Returns the token that caused a change, for the request. */
export function senderOf({ tokenId }: Pick<ClassifiedTask, 'tokenId'>) {
  return tokenId === undefined ? {} : { sender: tokenId }
}

/** Returns the name of the agent that caused an event; null if it wasn't an agent. */
export function agentOf(actor: string): string | null {
  return actor.startsWith('agent:') ? actor.slice('agent:'.length) : null
}
