import { type Api, GrammyError } from 'grammy'
import { moveChat } from '../domain/chat-binding.ts'
import { createCtx } from '../domain/context.ts'
import { livingCard, settleMessage } from '../domain/living-cards.ts'
import { beginAttempt, nextDue, nextTurn, putOff, readdressMessage } from '../domain/message-turns.ts'
import {
  type BotMessageRow,
  type MessagePurpose,
  markEdited,
  markRefused,
  markSent,
  queueMessages,
  type ReplyTopic,
} from '../domain/messages.ts'
import { forgetTopic, threadFor } from '../domain/project-topics.ts'
import { readOwnerSettings } from '../domain/settings.ts'
import { findTask } from '../domain/tasks/read.ts'
import type { Log } from '../log.ts'
import { editToRequest, sendRequest } from '../telegram/call.ts'
import type { Outcome } from '../telegram/outcome.ts'
import type { Pace } from '../telegram/pace.ts'
import { type Decider, ranks } from './decide.ts'
import { drawRequest } from './draw.ts'
import { gatherBefore } from './gather.ts'
import { createReach, type Reach } from './reach.ts'
import { type Bound, isBound, type Rendered, render, said } from './render.ts'

export interface DeliveryDeps extends Decider {
  readonly api: Api
  readonly pace: Pace
  readonly log: Log
  readonly onDelivery?: ((outcome: string) => void) | undefined
  /** Draws an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
}

export interface Delivery extends Pick<Reach, 'resume' | 'stopped'> {
  /** Sends or edits the next message whose turn it is. Returns how long there is nothing to do, 0 where there may be more. */
  readonly step: (signal: AbortSignal) => Promise<number>
  /** Milliseconds until no 429 holds the owner's chat; 0 where none does. */
  readonly heldMs: () => number
}

const idleMs = 1_000
const longestBackoffMs = 5 * 60_000
const editsApartMs = 3_000
// So often a message may get lost on the way, each time with Telegram answering just before, until it is given up: an hour.
const maxUncertain = 20

/** The one sender of what was not asked for: one message at a time, by rank, each a row before it is a call. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { store, ownerId, api, pace, log } = deps
  const scope = { db: store, ownerId }
  const reach = createReach(deps)
  // Known from the last look, so that what waits for its pace asks the database nothing.
  let chatId: number | undefined
  let unwritten: (() => Promise<void>) | null = null

  // What Telegram said is written down, however long the database is away, before anything else is sent.
  const writeDown = async (record: () => Promise<void>) => {
    unwritten = record
    await record()
    unwritten = null
  }
  const note = (outcome: Outcome) => {
    deps.onDelivery?.(outcome.kind)
    reach.note(outcome)
  }
  const nextTry = (attempts: number) =>
    new Date(deps.now().getTime() + Math.min(1_000 * 2 ** attempts, longestBackoffMs))
  const asSystem = () => createCtx({ db: store, ownerId, actor: { kind: 'system' }, now: deps.now })
  const followGroup = async (from: number, to: number) => {
    await moveChat(asSystem(), { from, to })
  }

  const send = async (row: BotMessageRow, settings: Bound, signal: AbortSignal) => {
    const rendered = await render({ ...deps, scope }, row, settings)
    if (rendered === null)
      return markRefused(store, row.id, { state: 'failed', error: 'it cannot be made again' })
    const request = await drawRequest({ ...deps, scope }, said(rendered.request, row, settings))
    const { chatId, threadId } = row.chatId === settings.chatId ? row : settings
    if (row.chatId !== chatId) await readdressMessage(store, row.id, { chatId, threadId })
    if (!(await beginAttempt(store, row))) return
    const place = { chatId, threadId, mainThreadId: settings.threadId }
    const { outcome, threadId: wentTo } = await sendRequest(api, place, request, signal)
    note(outcome)
    await writeDown(async () => {
      if (threadId !== null && wentTo !== threadId) {
        await forgetTopic(asSystem(), threadId)
        await readdressMessage(store, row.id, { chatId, threadId: wentTo })
      }
      await recordSending(row, settings, rendered, outcome)
    })
  }

  const recordSending = async (
    row: BotMessageRow,
    settings: Bound,
    { version }: Rendered,
    outcome: Outcome,
  ) => {
    const giveUp = (error: string) => {
      log.error({ id: row.id, purpose: row.purpose, error }, 'a message is given up')
      return markRefused(store, row.id, { state: 'failed', error })
    }
    // What may have arrived stays so, and only getting lost counts towards giving it up; a refusal counts as no attempt.
    const wasLost = row.state === 'uncertain'
    const keep = (error: string, notBefore: Date | null = null, attempts = row.attempts) =>
      markRefused(store, row.id, { state: wasLost ? 'uncertain' : 'pending', error, notBefore, attempts })
    switch (outcome.kind) {
      case 'done': {
        const sent = { messageId: outcome.messageId ?? 0, contentHash: version, now: deps.now() }
        return markSent(store, row.id, sent)
      }
      case 'uncertain': {
        const attempts = wasLost ? row.attempts + 1 : 1
        if (attempts >= maxUncertain) return giveUp(outcome.error)
        const notBefore = nextTry(attempts - 1)
        return markRefused(store, row.id, { state: 'uncertain', error: outcome.error, notBefore, attempts })
      }
      case 'later':
        // A flood limit holds the whole chat, this message no longer than the others.
        if (outcome.retryAfterMs !== null) return keep(outcome.error)
        return keep(outcome.error, nextTry(row.attempts), wasLost ? row.attempts : row.attempts + 1)
      case 'stopped':
        return keep(outcome.error)
      case 'moved':
        await followGroup(settings.chatId, outcome.chatId)
        return keep('the group has another id')
      case 'gone':
      case 'topic-gone':
        return giveUp(outcome.kind)
      case 'refused':
        return giveUp(outcome.error)
    }
  }

  const edit = async (row: BotMessageRow, settings: Bound, signal: AbortSignal) => {
    const rendered = await render({ ...deps, scope }, row, settings)
    if (rendered === null) return settleMessage(store, row.id, null)
    const { messageId, chatId } = row
    if (messageId === null || chatId !== settings.chatId) return sayAnew(row, settings, rendered)
    if (rendered.version !== null && rendered.version === row.contentHash) {
      return settleMessage(store, row.id, rendered.seen)
    }
    const outcome = await editToRequest(api, { chatId, messageId }, rendered.request, signal)
    note(outcome)
    await writeDown(() => recordEdit(row, settings, rendered, outcome))
  }

  const recordEdit = async (row: BotMessageRow, settings: Bound, rendered: Rendered, outcome: Outcome) => {
    switch (outcome.kind) {
      case 'done':
        await markEdited(store, row.id, rendered.version, deps.now())
        return settleMessage(store, row.id, rendered.seen)
      case 'gone':
        return sayAnew(row, settings, rendered)
      case 'later':
      case 'uncertain': {
        if (outcome.kind === 'later' && outcome.retryAfterMs !== null) return
        const soonest = deps.now().getTime() + editsApartMs
        const notBefore = new Date(Math.max(nextTry(row.attempts).getTime(), soonest))
        return putOff(store, row.id, notBefore, outcome.error)
      }
      case 'stopped':
        return
      case 'moved':
        return followGroup(settings.chatId, outcome.chatId)
      case 'topic-gone':
      case 'refused':
        log.error({ id: row.id, outcome }, 'Telegram does not want an edit')
        return settleMessage(store, row.id, null)
    }
  }

  /** In place of a message that is gone, or was in a chat that is not the owner's any more; a card only where none is newer. */
  const sayAnew = async (row: BotMessageRow, settings: Bound, rendered: Rendered) => {
    const { chatId } = settings
    const { request, version, isOpen } = rendered
    const task = row.taskId === null ? null : await findTask(scope, row.taskId)
    const threadId = threadFor(settings, task?.project.key ?? null)
    // A card is made at its turn, so that it shows the truth of then.
    const content =
      version === null
        ? {
            purpose: row.purpose as MessagePurpose,
            topic: row.topic as unknown as ReplyTopic | null,
            request,
          }
        : ({ purpose: 'card' } as const)
    await store.transaction(async (tx) => {
      await settleMessage(tx, row.id, null)
      const card = task === null || version === null ? null : await livingCard(tx, chatId, task.id)
      if (!isOpen || (card !== null && card.id !== row.id)) return
      const anew = { chatId, threadId, taskId: row.taskId, rank: ranks.info, ...content }
      await queueMessages(tx, [anew], deps.now())
    })
  }

  /** Before what may be a repeat is sent: whether Telegram answers at all. */
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
    heldMs: () => pace.heldMs(chatId),
    step: async (signal) => {
      if (unwritten !== null) await writeDown(unwritten)
      // A hold may be that of a chat which the owner has left.
      if (chatId === undefined || pace.heldMs(chatId) > 0) await lookUpChat()
      const waitMs = Math.max(pace.delay(chatId), reach.waitMs())
      if (waitMs > 0) return Math.min(waitMs, idleMs)
      const row = await nextDue(store, deps.now())
      if (row === null) {
        const turn = await nextTurn(store)
        return turn === null ? idleMs : Math.max(1, Math.min(turn.getTime() - deps.now().getTime(), idleMs))
      }
      const settings = await readOwnerSettings(scope)
      if (!isBound(settings)) return idleMs
      if (settings.chatId !== chatId) {
        chatId = settings.chatId
        return 0
      }
      const bound = { ...settings, now: deps.now() }
      if (row.state === 'sent') await edit(row, bound, signal)
      else if (await gatherBefore(scope, row)) return 0
      else if (row.state !== 'uncertain' || (await isReachable(signal))) await send(row, bound, signal)
      return 0
    },
  }
}
