import { isDatabaseDown } from '../domain/core/errors.ts'
import type { Scope } from '../domain/core/scope.ts'
import { findQuestion } from '../domain/questions/store.ts'
import type { OwnerSettings } from '../domain/settings/settings.ts'
import { readCard } from '../domain/tasks/card.ts'
import { findTask } from '../domain/tasks/read.ts'
import { runStamp } from '../domain/tasks/silent-runs.ts'
import type { Task } from '../domain/tasks/task.ts'
import { inQuietHours } from '../domain/time/time.ts'
import type { Log } from '../log.ts'
import { priorityValues } from '../telegram/store/messages/enqueue.ts'
import { maxTextLength } from '../telegram/store/messages/limits.ts'
import { newestCards } from '../telegram/store/messages/living-cards.ts'
import type { BotMessageRow } from '../telegram/store/messages/messages.ts'
import type { CardRequest, StoredRequest } from '../telegram/store/messages/stored-request.ts'
import { truncateHtml } from '../view/kit/html.ts'
import { toRequest } from '../view/kit/request.ts'
import { signs } from '../view/kit/signs.ts'
import { taskCard, taskVersion } from '../view/tasks/card.ts'
import { postedCard } from '../view/tasks/posted-card.ts'
import { ownQuestionCard } from '../view/tasks/questions/question-card.ts'
import { isEditEnough, stillHolds } from './classify.ts'

/** The settings of an owner with a linked chat, and the current time. */
export type Bound = OwnerSettings & { readonly chatId: number; readonly now: Date }

export function isBound(settings: OwnerSettings): settings is OwnerSettings & { readonly chatId: number } {
  return settings.chatId !== null && settings.userId !== null && settings.enabled
}

/** A request and the version of the task that it shows. */
export interface RenderedRequest {
  readonly kind: 'request'
  readonly request: StoredRequest
  readonly version: string | null
  /** Whether to post it again if the message was deleted. */
  readonly isOpen: boolean
}

/** What to do with a row when it's due. `drop`: nothing is left to send; `requeue`: send it after a newer card. */
export type RenderResult =
  | RenderedRequest
  | { readonly kind: 'drop'; readonly shown: BotMessageRow | null }
  | { readonly kind: 'requeue' }
  | { readonly kind: 'impossible' }

interface RenderDeps {
  readonly scope: Scope
  readonly log: Log
}

/** Renders a row: its stored request, or its task's current card. */
export async function render(
  { scope, log }: RenderDeps,
  row: BotMessageRow,
  bound: Bound,
): Promise<RenderResult> {
  const topic = row.topic
  if (topic?.kind === 'question') return renderQuestion(scope, row, topic.questionId, bound)
  const stored = row.request
  if (stored !== null && stored.method !== 'card')
    return { kind: 'request', request: stored, version: null, isOpen: true }
  const task = row.purpose === 'card' && row.taskId !== null ? await findTask(scope, row.taskId) : null
  if (task === null) return { kind: 'impossible' }
  try {
    return await renderCard(scope, { row, task, post: row.state === 'sent' ? null : stored }, bound)
  } catch (error) {
    if (isDatabaseDown(error)) throw error
    log.error({ err: error, id: row.id }, 'rendering a card failed')
    return { kind: 'impossible' }
  }
}

/** Renders a question's own message. Dropped: a closed or shown one that wasn't sent, and a closed one about a task. */
async function renderQuestion(
  scope: Scope,
  row: BotMessageRow,
  questionId: string,
  bound: Bound,
): Promise<RenderResult> {
  const question = await findQuestion(scope, questionId)
  const gone = { kind: 'drop', shown: null } as const
  if (question === null) return gone
  const isOpen = question.state === 'open'
  const task = question.taskId === null ? null : await findTask(scope, question.taskId)
  const isOnCard = task?.question?.id === question.id
  const card = ownQuestionCard(question, bound)
  if (row.state === 'sent') {
    if (question.taskId !== null && (!isOpen || isOnCard)) return gone
    return { kind: 'request', request: toRequest(card, { silent: true }), version: null, isOpen }
  }
  if (!isOpen) return gone
  if (isOnCard && task !== null) {
    const { shown } = await newestCards(scope.db, bound.chatId, task.id)
    // A card that was posted before the question was only edited, so nobody heard of the question.
    if (shown?.sentAt && shown.sentAt >= question.askedAt) return gone
  }
  const stored = row.request
  const silent = stored?.method === 'card' && stored.silent
  return { kind: 'request', request: toRequest(card, { silent }), version: null, isOpen }
}

async function renderCard(
  scope: RenderDeps['scope'],
  {
    row,
    task,
    post,
  }: { readonly row: BotMessageRow; readonly task: Task; readonly post: CardRequest | null },
  { chatId, now, timeZone }: Bound,
): Promise<RenderResult> {
  const facts = await readCard(scope, task)
  const version = taskVersion(facts, now)
  const isOpen = task.status !== 'done' && task.status !== 'archived'
  const viewer = { now, timeZone }
  if (post === null) {
    const request = toRequest(taskCard(facts, viewer), { silent: true })
    return { kind: 'request', request, version, isOpen }
  }
  const { shown } = await newestCards(scope.db, chatId, task.id)
  const holds = isAbout(post, task)
  const isLoud = holds && !post.silent
  const isNewer = shown !== null && shown.id > row.id
  const isShown = shown?.contentHash === version
  if (isReported(shown, { row, post, task }) && (isShown || task.question !== null))
    return { kind: 'drop', shown }
  // It was shown after this report was decided.
  if (shown !== null && isEditEnough(post.group.kind, shown, now)) return { kind: 'drop', shown }
  if (isNewer && isShown && post.about === undefined) return { kind: 'drop', shown: null }
  // An outdated report needs no new card.
  if (!holds && (shown !== null || !isOpen || post.about !== undefined)) return { kind: 'drop', shown }
  if (isNewer) return isLoud ? { kind: 'requeue' } : { kind: 'drop', shown }
  const request = toRequest(postedCard(facts, post.group, viewer), { silent: !isLoud })
  return { kind: 'request', request, version, isOpen }
}

/** Returns whether the report still matches the task. */
function isAbout({ group, about }: CardRequest, task: Task): boolean {
  if (!stillHolds(group.kind, task)) return false
  if (group.kind === 'due') return task.dueAt?.toISOString() === about
  return group.kind === 'silent-run' ? runStamp(task) === about : true
}

/** Returns whether a card of at least this priority was posted after the change that `post` reports. */
function isReported(
  shown: BotMessageRow | null,
  { row, post, task }: { readonly row: BotMessageRow; readonly post: CardRequest; readonly task: Task },
): boolean {
  if (shown === null || shown.sentAt === null || shown.priority < priorityValues.urgent) return false
  const since = task.question?.askedAt.toISOString() ?? post.since
  return post.about === undefined && shown.priority <= row.priority && shown.sentAt.toISOString() >= since
}

const mark = `${signs.repeat} possibly a repeat`

/** Adjusts a request right before it's sent: silent in quiet hours, and marked if it may be a repeat. */
export function adjusted(
  request: StoredRequest,
  row: BotMessageRow,
  { now, quietHours, timeZone }: Bound,
): StoredRequest {
  if (request.method === 'setMessageReaction') return request
  const isQuiet = quietHours !== null && inQuietHours(now, quietHours, timeZone)
  const field = request.method === 'sendMessage' ? 'text' : 'caption'
  const words = String(request.parameters[field] ?? '')
  // Stored text may already have the maximum length, so make room for the mark.
  const { html } = truncateHtml({ html: words }, maxTextLength[field] - mark.length - 1)
  const parameters = {
    ...request.parameters,
    ...(row.state === 'uncertain' ? { [field]: [mark, html].filter(Boolean).join('\n') } : {}),
    ...(isQuiet ? { disable_notification: true } : {}),
  }
  return { ...request, parameters }
}
