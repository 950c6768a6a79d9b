import { type Api, GrammyError } from 'grammy'
import { moveChat } from '../domain/chat-binding.ts'
import { createCtx } from '../domain/context.ts'
import { isDatabaseDown } from '../domain/errors.ts'
import { settleMessage } from '../domain/living-cards.ts'
import { beginAttempt, nextDue, nextTurn, putOff, readdressMessage } from '../domain/message-turns.ts'
import {
  type BotMessageRow,
  markEdited,
  markRefused,
  markSent,
  queueMessages,
  type StoredRequest,
} from '../domain/messages.ts'
import { type OwnerSettings, readOwnerSettings } from '../domain/settings.ts'
import { inQuietHours } from '../domain/time.ts'
import type { Log } from '../log.ts'
import type { Pace } from '../telegram/pace.ts'
import { editToRequest, sendRequest } from './call.ts'
import type { Decider } from './decide.ts'
import { gatherBefore } from './gather.ts'
import type { Outcome } from './outcome.ts'
import { renderCard } from './render.ts'

export interface DeliveryDeps extends Decider {
  readonly api: Api
  readonly pace: Pace
  readonly log: Log
  readonly onDelivery?: ((outcome: string) => void) | undefined
}

export interface Delivery {
  /** Sends or edits the next message whose turn it is. Returns how long there is nothing to do, 0 where there may be more. */
  readonly step: (signal: AbortSignal) => Promise<number>
  /** The owner is back: what was stopped goes on. */
  readonly resume: () => void
  readonly stopped: () => { readonly reason: string; readonly since: Date } | null
}

const idleMs = 1_000
const probeEveryMs = 10 * 60_000
const longestPauseMs = 30_000
const longestBackoffMs = 5 * 60_000
// So often a message may get lost on the way, each time with Telegram answering just before, until it is given up.
const maxUncertain = 5

/** The one sender of what was not asked for: one message at a time, by rank, each a row before it is a call. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { store, ownerId, api, pace, log } = deps
  const scope = { db: store, ownerId }
  let stopped: { reason: string; since: Date; probeAt: number } | null = null
  let failures = 0
  let pausedUntil = 0
  let unwritten: (() => Promise<void>) | null = null

  const now = () => deps.now().getTime()
  const after = (ms: number) => new Date(now() + ms)
  const backoff = (attempts: number) => after(Math.min(1_000 * 2 ** attempts, longestBackoffMs))

  /** What an outcome says about the way to Telegram, whichever message it was. */
  const note = (outcome: Outcome) => {
    deps.onDelivery?.(outcome.kind)
    if (outcome.kind === 'stopped') {
      if (stopped === null) log.warn({ reason: outcome.error }, 'Telegram takes no messages: they are kept')
      stopped = { reason: outcome.error, since: stopped?.since ?? deps.now(), probeAt: now() + probeEveryMs }
      return
    }
    const isDown = outcome.kind === 'uncertain' || (outcome.kind === 'later' && outcome.retryAfterMs === null)
    if (isDown) pause(outcome.error)
    else failures = 0
    if (outcome.kind === 'done' || outcome.kind === 'gone' || outcome.kind === 'refused') stopped = null
  }

  const pause = (error: string) => {
    failures += 1
    pausedUntil = now() + Math.min(500 * 2 ** failures, longestPauseMs)
    log.warn({ error, failures }, 'Telegram was not reached')
  }

  // What Telegram said is written down, however long the database is away, before anything else is sent.
  const writeDown = async (record: () => Promise<void>) => {
    unwritten = record
    await record()
    unwritten = null
  }

  const render = async (row: BotMessageRow, settings: Bound): Promise<Rendered | null> => {
    const stored = row.request as unknown as StoredRequest | null
    if (stored !== null) return { request: stored, version: null, seen: null, isOpen: true }
    try {
      return await renderCard(scope, row, settings)
    } catch (error) {
      if (isDatabaseDown(error)) throw error
      log.error({ err: error, id: row.id }, 'a card could not be made')
      return null
    }
  }

  const send = async (row: BotMessageRow, settings: Bound, signal: AbortSignal) => {
    const rendered = await render(row, settings)
    if (rendered === null)
      return markRefused(store, row.id, { state: 'failed', error: 'it cannot be made again' })
    if (row.chatId !== settings.chatId) await readdressMessage(store, row.id, settings)
    const place = row.chatId === settings.chatId ? row : settings
    await beginAttempt(store, row.id)
    const outcome = await sendRequest(api, place, toSay(rendered.request, row, settings), signal)
    note(outcome)
    await writeDown(() => recordSending(row, settings, rendered.version, outcome))
  }

  const recordSending = async (
    row: BotMessageRow,
    { chatId }: Bound,
    version: string | null,
    outcome: Outcome,
  ) => {
    const same = row.state === 'uncertain' ? 'uncertain' : 'pending'
    const refuse = (
      state: 'pending' | 'uncertain' | 'failed',
      error: string,
      notBefore: Date | null = null,
    ) => markRefused(store, row.id, { state, error, notBefore })
    const giveUp = (error: string) => {
      log.error({ id: row.id, purpose: row.purpose, error }, 'a message is given up')
      return refuse('failed', error)
    }
    switch (outcome.kind) {
      case 'done':
        return markSent(store, row.id, {
          messageId: outcome.messageId ?? 0,
          contentHash: version,
          now: deps.now(),
        })
      case 'uncertain':
        if (row.attempts + 1 >= maxUncertain) return giveUp(outcome.error)
        return refuse('uncertain', outcome.error, backoff(row.attempts))
      case 'later':
        return refuse(same, outcome.error, notBefore(outcome, row.attempts))
      case 'stopped':
        return refuse(same, outcome.error)
      case 'moved':
        await followGroup(chatId, outcome.chatId)
        return refuse(same, 'the group has another id')
      case 'gone':
      case 'topic-gone':
        return giveUp(outcome.kind)
      case 'refused':
        return giveUp(outcome.error)
    }
  }

  const edit = async (row: BotMessageRow, settings: Bound, signal: AbortSignal) => {
    const isHere = row.messageId !== null && row.chatId === settings.chatId
    const rendered = isHere ? await render(row, settings) : null
    if (rendered === null || row.messageId === null) return settleMessage(store, row.id, null)
    if (rendered.version !== null && rendered.version === row.contentHash)
      return settleMessage(store, row.id, rendered.seen)
    const message = { chatId: row.chatId, messageId: row.messageId }
    const outcome = await editToRequest(api, message, rendered.request, signal)
    note(outcome)
    await writeDown(() => recordEdit(row, settings, rendered, outcome))
  }

  const recordEdit = async (row: BotMessageRow, settings: Bound, rendered: Rendered, outcome: Outcome) => {
    switch (outcome.kind) {
      case 'done':
        await markEdited(store, row.id, rendered.version, deps.now())
        return settleMessage(store, row.id, rendered.seen)
      case 'gone':
        await settleMessage(store, row.id, null)
        return rendered.isOpen ? sendAnew(row, settings, rendered.request) : undefined
      case 'uncertain':
      case 'later':
        return putOff(store, row.id, notBefore(outcome, row.attempts), outcome.error)
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

  const notBefore = (outcome: Outcome, attempts: number) =>
    outcome.kind === 'later' && outcome.retryAfterMs !== null
      ? after(outcome.retryAfterMs)
      : backoff(attempts)

  const sendAnew = async (row: BotMessageRow, { chatId, threadId }: Bound, request: StoredRequest) => {
    const { taskId } = row
    const anew =
      row.purpose === 'card' ? { purpose: 'card' as const } : { purpose: 'notice' as const, request }
    await queueMessages(store, [{ chatId, threadId, taskId, ...anew }], deps.now())
  }

  const followGroup = async (from: number, to: number) => {
    const ctx = createCtx({ db: store, ownerId, actor: { kind: 'system' }, now: deps.now })
    await moveChat(ctx, { from, to })
  }

  const toSay = (request: StoredRequest, row: BotMessageRow, settings: Bound): StoredRequest => {
    const { quietHours, timeZone } = settings
    const isQuiet = quietHours !== null && inQuietHours(deps.now(), quietHours, timeZone)
    const said = row.state === 'uncertain' ? asRepeat(request) : request
    return isQuiet ? silenced(said) : said
  }

  /** Before what may be a repeat is sent: whether Telegram answers at all. */
  const isReachable = async (signal: AbortSignal): Promise<boolean> => {
    try {
      await api.getMe(signal as unknown as Parameters<Api['getMe']>[0])
      return true
    } catch (error) {
      if (error instanceof GrammyError) return true
      pause(String(error))
      return false
    }
  }

  return {
    step: async (signal) => {
      if (unwritten !== null) await writeDown(unwritten)
      const wait = Math.max(pace.delay(), pausedUntil - now(), (stopped?.probeAt ?? 0) - now())
      if (wait > 0) return Math.min(wait, idleMs)
      const row = await nextDue(store, deps.now())
      if (row === null) {
        const turn = await nextTurn(store)
        return turn === null ? idleMs : Math.max(1, Math.min(turn.getTime() - now(), idleMs))
      }
      const settings = await readOwnerSettings(scope)
      if (!isBound(settings)) return idleMs
      if (row.state === 'sent') await edit(row, { ...settings, now: deps.now() }, signal)
      else if (await gatherBefore(scope, row, deps.now())) return 0
      else if (row.state !== 'uncertain' || (await isReachable(signal))) {
        await send(row, { ...settings, now: deps.now() }, signal)
      }
      return 0
    },
    resume: () => {
      stopped = null
      pausedUntil = 0
    },
    stopped: () => (stopped === null ? null : { reason: stopped.reason, since: stopped.since }),
  }
}

/** Where and when a message is shown. */
export type Bound = OwnerSettings & { readonly chatId: number; readonly now: Date }

function isBound(settings: OwnerSettings): settings is OwnerSettings & { readonly chatId: number } {
  return settings.chatId !== null && settings.userId !== null && settings.enabled
}

/** A request with the version of what it shows, and when that was last changed. */
export interface Rendered {
  readonly request: StoredRequest
  readonly version: string | null
  readonly seen: Date | null
  /** Worth posting anew where the message is gone. */
  readonly isOpen: boolean
}

function asRepeat(request: StoredRequest): StoredRequest {
  const field = request.method === 'sendMessage' ? 'text' : 'caption'
  const said = request.parameters[field]
  const text = typeof said === 'string' ? `↻ possibly a repeat\n${said}` : '↻ possibly a repeat'
  return { ...request, parameters: { ...request.parameters, [field]: text } }
}

function silenced(request: StoredRequest): StoredRequest {
  return { ...request, parameters: { ...request.parameters, disable_notification: true } }
}
