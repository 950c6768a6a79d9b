import type { Api } from 'grammy'
import type { Store } from '../domain/core/context.ts'
import { findTask } from '../domain/tasks/read.ts'
import type { Log } from '../log.ts'
import { editToRequest } from '../telegram/call.ts'
import type { Outcome } from '../telegram/outcome.ts'
import { enqueue, type MessagePurpose } from '../telegram/store/messages/enqueue.ts'
import { editIntervalMs } from '../telegram/store/messages/limits.ts'
import { clearStale, livingCard, markRetired, newestCards } from '../telegram/store/messages/living-cards.ts'
import { markEdited, postponeEdit } from '../telegram/store/messages/mark.ts'
import { clearMessageId } from '../telegram/store/messages/messages.ts'
import type { DueMessage } from '../telegram/store/messages/queue.ts'
import { threadFor } from '../telegram/store/project-topics.ts'
import { type Bound, type RenderedRequest, render } from './render.ts'
import { retireCard } from './retire.ts'
import { nextTry } from './retry.ts'

interface UpdateDeps {
  readonly store: Store
  readonly scope: { readonly db: Store; readonly ownerId: string }
  readonly api: Api
  readonly log: Log
  readonly now: () => Date
  /** Updates the connection state from a call's outcome. */
  readonly note: (outcome: Outcome) => void
  /** Records Telegram's answer before anything else is sent. */
  readonly recordUntilDone: (record: () => Promise<void>) => Promise<void>
  readonly followGroup: (from: number, to: number) => Promise<void>
}

/** Updates a message in the chat: retires an earlier card of a task, edits anything else. */
export async function updateMessage(
  deps: UpdateDeps,
  row: DueMessage,
  settings: Bound,
  signal: AbortSignal,
): Promise<void> {
  const { store } = deps
  if (row.purpose !== 'card') return edit(deps, row, settings, signal)
  if (row.taskId === null) return retire(deps, row, settings, signal)
  const { shown, waiting } = await newestCards(store, row.chatId, row.taskId)
  if (shown !== null && shown.id > row.id) return retire(deps, row, settings, signal)
  // The card that is about to be posted will show the change.
  if (waiting !== null && waiting.id > row.id) return clearStale(store, row)
  return edit(deps, row, settings, signal)
}

async function retire(deps: UpdateDeps, row: DueMessage, settings: Bound, signal: AbortSignal) {
  const { store, scope, api, note } = deps
  // The owner has left that chat.
  if (row.chatId !== settings.chatId) return clearStale(store, row)
  const readTask = async () => (row.taskId === null ? null : findTask(scope, row.taskId))
  const { outcome, how } = await retireCard(api, row, readTask, signal)
  note(outcome)
  await deps.recordUntilDone(async () => {
    if (how !== null) return markRetired(store, row.id, how)
    await recordFailure(deps, row, settings, outcome)
  })
}

async function edit(deps: UpdateDeps, row: DueMessage, settings: Bound, signal: AbortSignal) {
  const { store, scope, log, api, note } = deps
  const rendered = await render({ scope, log }, row, settings)
  if (rendered.kind === 'drop' && row.purpose === 'question') return retire(deps, row, settings, signal)
  if (rendered.kind !== 'request') return clearStale(store, row)
  const { messageId, chatId } = row
  if (messageId === null || chatId !== settings.chatId) return resend(deps, row, settings, rendered)
  if (rendered.version !== null && rendered.version === row.contentHash) return clearStale(store, row)
  const outcome = await editToRequest(api, { chatId, messageId }, rendered.request, signal)
  note(outcome)
  await deps.recordUntilDone(async () => {
    if (outcome.kind === 'done')
      await markEdited(store, row, { contentHash: rendered.version, renderedAt: settings.now })
    else if (outcome.kind === 'gone') await resend(deps, row, settings, rendered)
    else await recordFailure(deps, row, settings, outcome)
  })
}

async function recordFailure(deps: UpdateDeps, row: DueMessage, settings: Bound, outcome: Outcome) {
  switch (outcome.kind) {
    case 'later':
    case 'uncertain': {
      if (outcome.kind === 'later' && outcome.retryAfterMs !== null) return
      const soonest = deps.now().getTime() + editIntervalMs
      const notBefore = new Date(Math.max(nextTry(deps.now(), row.attempts).getTime(), soonest))
      return postponeEdit(deps.store, row.id, notBefore, outcome.error)
    }
    case 'moved':
      return deps.followGroup(settings.chatId, outcome.chatId)
    case 'topic-gone':
    case 'refused':
      deps.log.error({ id: row.id, outcome }, 'Telegram refused an edit')
      return clearStale(deps.store, row)
    default:
      return
  }
}

/** Queues a message again that was deleted or is in a former chat. A card is queued only if there's no newer one. */
async function resend(deps: UpdateDeps, row: DueMessage, settings: Bound, rendered: RenderedRequest) {
  const { store, scope, now } = deps
  const { chatId } = settings
  const { request, version, isOpen } = rendered
  const task = row.taskId === null ? null : await findTask(scope, row.taskId)
  const threadId = threadFor(settings, task?.project.key ?? null)
  // A card is rendered right before it's sent, so that it shows the current state.
  const content =
    version === null
      ? {
          purpose: row.purpose as MessagePurpose,
          topic: row.topic,
          request,
        }
      : ({ purpose: 'card' } as const)
  await store.transaction(async (tx) => {
    await clearStale(tx, row)
    if (row.messageId !== null && row.chatId === chatId) await clearMessageId(tx, chatId, row.messageId)
    const card = task === null || version === null ? null : await livingCard(tx, chatId, task.id)
    if (!isOpen || (card !== null && card.id !== row.id)) return
    const again = { chatId, threadId, taskId: row.taskId, priority: 'progress', ...content } as const
    await enqueue(tx, [again], now())
  })
}
