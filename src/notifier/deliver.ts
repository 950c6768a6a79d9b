import { type Api, GrammyError } from 'grammy'
import { createCtx } from '../domain/core/context.ts'
import { readOwnerSettings } from '../domain/settings/settings.ts'
import type { Log } from '../log.ts'
import { sendRequest } from '../telegram/call.ts'
import type { Outcome } from '../telegram/outcome.ts'
import { recordSending } from '../telegram/record-sending.ts'
import { moveChat } from '../telegram/store/chat-binding.ts'
import { markCardsStale } from '../telegram/store/messages/living-cards.ts'
import { beginAttempt, markNotSent, setDestination } from '../telegram/store/messages/mark.ts'
import type { BotMessageRow } from '../telegram/store/messages/messages.ts'
import {
  type DueMessage,
  dropMessage,
  nextDue,
  nextDueAt,
  requeue,
} from '../telegram/store/messages/queue.ts'
import { clearTopic } from '../telegram/store/project-topics.ts'
import type { Throttle } from '../telegram/throttle.ts'
import { drawRequest } from './draw.ts'
import type { Decider } from './event-messages.ts'
import { gatherBefore } from './gather.ts'
import { createReach, type Reach } from './reach.ts'
import { adjusted, type Bound, isBound, type RenderedRequest, render } from './render.ts'
import { afterFailure } from './retry.ts'
import { updateMessage } from './update.ts'

export interface DeliveryDeps extends Decider {
  readonly api: Api
  readonly throttle: Throttle
  readonly log: Log
  readonly onDelivery?: ((outcome: string) => void) | undefined
  /** Draws an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
}

export interface Delivery extends Pick<Reach, 'resume' | 'stopped'> {
  /** Sends or edits the next due message. Returns the milliseconds until the next call, 0 if more may be due. */
  readonly step: (signal: AbortSignal) => Promise<number>
  /** Milliseconds until the pause of the owner's chat ends; 0 if it isn't paused. */
  readonly pauseMs: () => number
}

const idleMs = 1_000
// The turn record is cleared above this number of tokens.
const maxServed = 200

/** Creates the delivery loop's step: one message at a time, by priority, each a row before it is a call. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { store, ownerId, api, throttle, log } = deps
  const scope = { db: store, ownerId }
  const reach = createReach(deps)
  // Cached, so waiting for a limit doesn't query the database.
  let chatId: number | undefined
  let unrecorded: (() => Promise<void>) | null = null
  let served: Record<string, number> = {}
  let turns = 0

  const noteServed = (row: BotMessageRow) => {
    if (Object.keys(served).length > maxServed) served = {}
    turns += 1
    served[row.request?.sender ?? ''] = turns
  }

  // Telegram's answer is recorded before anything else is sent: `step` first repeats a record that failed.
  const recordUntilDone = async (record: () => Promise<void>) => {
    unrecorded = record
    await record()
    unrecorded = null
  }
  const note = (outcome: Outcome) => {
    deps.onDelivery?.(outcome.kind)
    reach.note(outcome)
  }
  const asSystem = () => createCtx({ db: store, ownerId, actor: { kind: 'system' }, now: deps.now })
  const followGroup = async (from: number, to: number) => {
    await moveChat(asSystem(), { from, to })
  }

  const send = async (row: BotMessageRow, settings: Bound, signal: AbortSignal) => {
    const rendered = await render({ scope, log }, row, settings)
    switch (rendered.kind) {
      case 'impossible':
        return markNotSent(store, row.id, { state: 'failed', error: 'it can no longer be rendered' })
      case 'requeue':
        return requeue(store, row.id)
      case 'drop':
        await dropMessage(store, row.id)
        if (rendered.shown?.taskId)
          await markCardsStale(store, rendered.shown.chatId, [rendered.shown.taskId], deps.now())
        return
      case 'request':
        return attempt(row, rendered, settings, signal)
    }
  }

  const attempt = async (
    row: BotMessageRow,
    rendered: RenderedRequest,
    settings: Bound,
    signal: AbortSignal,
  ) => {
    const request = await drawRequest({ ...deps, scope }, adjusted(rendered.request, row, settings))
    const { chatId, threadId } = row.chatId === settings.chatId ? row : settings
    if (row.chatId !== chatId) await setDestination(store, row.id, { chatId, threadId })
    if (!(await beginAttempt(store, row))) return
    const destination = { chatId, threadId, mainThreadId: settings.threadId }
    const sending = await sendRequest(api, destination, request, signal)
    const { outcome } = sending
    note(outcome)
    if (outcome.kind === 'done') noteServed(row)
    await recordUntilDone(async () => {
      if (threadId !== null && sending.threadId !== threadId) await clearTopic(asSystem(), threadId)
      if (outcome.kind === 'moved') await followGroup(settings.chatId, outcome.chatId)
      const notSent = await recordSending(store, { id: row.id, chatId, threadId }, sending, {
        version: rendered.version,
        renderedAt: settings.now,
        onFailure: (failure) => afterFailure(row, failure, deps.now()),
      })
      if (notSent?.state === 'failed') await reportGivenUp(row, notSent.error)
    })
  }

  const reportGivenUp = async (row: BotMessageRow, error: string) => {
    log.error({ id: row.id, purpose: row.purpose, error }, 'a message was given up')
    // The task's earlier card is the living one again.
    if (row.purpose === 'card' && row.taskId !== null)
      await markCardsStale(store, row.chatId, [row.taskId], deps.now())
  }

  const update = (row: DueMessage, settings: Bound, signal: AbortSignal) =>
    updateMessage({ ...deps, scope, note, recordUntilDone, followGroup }, row, settings, signal)

  /** Returns whether Telegram answers at all. Checked before sending a possible repeat. */
  const isReachable = async (signal: AbortSignal): Promise<boolean> => {
    try {
      await api.getMe(signal as unknown as Parameters<Api['getMe']>[0])
      return true
    } catch (error) {
      if (error instanceof GrammyError) return true
      reach.fail(String(error))
      return false
    }
  }

  const lookUpChat = async () => {
    chatId = (await readOwnerSettings(scope)).chatId ?? undefined
  }

  return {
    ...reach,
    pauseMs: () => throttle.pauseMs(chatId),
    step: async (signal) => {
      if (unrecorded !== null) await recordUntilDone(unrecorded)
      // The pause may belong to a chat that the owner has left.
      if (chatId === undefined || throttle.pauseMs(chatId) > 0) await lookUpChat()
      const waitMs = Math.max(throttle.delay(chatId), reach.waitMs())
      if (waitMs > 0) return Math.min(waitMs, idleMs)
      const row = await nextDue(store, deps.now(), served)
      if (row === null) {
        const dueAt = await nextDueAt(store)
        return dueAt === null ? idleMs : Math.max(1, Math.min(dueAt.getTime() - deps.now().getTime(), idleMs))
      }
      const settings = await readOwnerSettings(scope)
      if (!isBound(settings)) return idleMs
      if (settings.chatId !== chatId) {
        chatId = settings.chatId
        return 0
      }
      const bound = { ...settings, now: deps.now() }
      if (row.state === 'sent') {
        await update(row, bound, signal)
        return 0
      }
      if (await gatherBefore(scope, row, bound)) return 0
      if (row.state !== 'uncertain' || (await isReachable(signal))) await send(row, bound, signal)
      return 0
    },
  }
}
