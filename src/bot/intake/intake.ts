import type { Api } from 'grammy'
import type { Update, UserFromGetMe } from 'grammy/types'
import { minuteMs } from '../../domain/core/durations.ts'
import { type OwnerSettings, readOwnerSettings } from '../../domain/settings/settings.ts'
import { countStrangers, type Visit } from '../../telegram/store/strangers.ts'
import { isGroupMoving } from '../../telegram/store/updates.ts'
import { toasts } from '../../view/kit/answers.ts'
import type { BotDeps } from '../kit/context.ts'
import { isToBot } from '../kit/message/addressed.ts'

export interface IntakeOptions
  extends Pick<BotDeps, 'store' | 'ownerId' | 'now' | 'log' | 'playgroundUserId'> {
  /** For Telegram calls that the owner isn't waiting for. */
  readonly elsewhere: Api
  /** Returns the bot's own user; null until Telegram has returned it. */
  readonly me: () => UserFromGetMe | null
  /** Must not resolve before the updates are stored. */
  readonly keep: (updates: readonly Update[]) => Promise<void>
}

type Accept = (updates: readonly Update[]) => Promise<void>

const leaveEveryMs = minuteMs
const lookEveryMs = minuteMs
const maxRemembered = 1_000

/**
 * Filters updates from polling and webhooks before they are stored. Strangers' updates are counted and dropped, so that
 * a flood of them can't delay the owner. The bot leaves groups that aren't the owner's.
 */
export function createIntake(options: IntakeOptions): Accept {
  const { store, ownerId, now, log, keep } = options
  const scope = { db: store, ownerId }
  const turnAway = createTurnAway(options)
  // What the owner sends is checked again when it's handled, so it is stored without a look at the settings for a while.
  let owner = { userId: null as number | null, until: 0 }
  const isOwners = (update: Update) => originOf(update).from?.id === owner.userId
  return async (received) => {
    if (received.length === 0) return
    const updates = received.filter(isWellFormed)
    const isKnown = owner.userId !== null && now().getTime() < owner.until
    if (isKnown && received.length === updates.length && updates.every(isOwners)) return keep(updates)
    const settings = await readOwnerSettings(scope)
    owner = { userId: settings.userId, until: now().getTime() + lookEveryMs }
    for (const { update_id: id } of received.filter((update) => !isWellFormed(update)))
      log.warn({ updateId: id }, 'an update without a chat is dropped')
    const isOurs = (update: Update) => mayConcernOwner(update, settings, options.playgroundUserId)
    await keep(updates.filter(isOurs))
    // The bot's own departure from a group is also an update.
    const isOthers = (update: Update) =>
      !isOurs(update) && !isDeparture(update) && !isGroupTalk(update, settings, options.me())
    const others = updates.filter(isOthers)
    if (others.length === 0) return
    await countStrangers(store, others.map(visitOf), now())
    await turnAway(others, settings)
  }
}

/** Returns whether an update has a source. Telegram's always do; storing any other would fail, and it would be resent forever. */
function isWellFormed({ message, edited_message, my_chat_member }: Update): boolean {
  const content = message ?? edited_message ?? my_chat_member
  return content === undefined || typeof content.chat?.id === 'number'
}

/** Turns strangers away: answers their taps, so that the button doesn't hang, and leaves groups that aren't the owner's. */
function createTurnAway({ store, ownerId, now, log, elsewhere }: IntakeOptions) {
  const triedAt = new Map<number, number>()
  const isDue = (group: number) => {
    const at = now().getTime()
    if (at - (triedAt.get(group) ?? 0) < leaveEveryMs) return false
    if (triedAt.size >= maxRemembered) triedAt.clear()
    triedAt.set(group, at)
    return true
  }
  // Neither call is worth a retry: the tap may have expired, or the bot may have been removed.
  const attempt = (call: Promise<unknown>) =>
    call.catch((error: unknown) => log.debug({ err: error }, 'a stranger could not be turned away'))
  const leave = async (chatId: number) => {
    // Check this first: a group that was just upgraded becomes the owner's once its migration is handled.
    if (await isGroupMoving(store, chatId)) return
    if ((await readOwnerSettings({ db: store, ownerId })).chatId === chatId) return
    await attempt(elsewhere.leaveChat(chatId))
  }
  return async (updates: readonly Update[], { userId, chatId }: OwnerSettings): Promise<void> => {
    const taps = updates.flatMap(({ callback_query }) => callback_query ?? [])
    await Promise.all(
      taps.map(({ id }) => attempt(elsewhere.answerCallbackQuery(id, { text: toasts.stranger }))),
    )
    if (userId === null) return
    const group = updates.map(groupOf).find((id) => id !== null && id !== chatId && isDue(id))
    if (group) await leave(group)
  }
}

/** Returns whether an update may come from the owner or the owner's chat or, while the bot isn't linked, may link it. */
function mayConcernOwner(
  update: Update,
  { userId, chatId }: OwnerSettings,
  playgroundUserId: number | undefined,
): boolean {
  const { from, chat, message } = originOf(update)
  if (userId === null)
    return (
      (from !== undefined && from.id === playgroundUserId) ||
      /^\/start(?:@\w+)?\s+\S/i.test(message?.text ?? '')
    )
  if (from?.id === userId) return true
  // The group has a new ID; this is its first message there.
  if (chatId !== null && message?.migrate_from_chat_id === chatId) return true
  if (chat === undefined || chat.id !== chatId) return false
  const isOfChat = update.my_chat_member !== undefined || message?.migrate_to_chat_id !== undefined
  return isOfChat || message?.sender_chat?.id === chatId
}

/** Returns whether a member of the owner's group is just talking: no command, no reply to the bot, no mention. */
function isGroupTalk(
  { message, edited_message: edited }: Update,
  { userId, chatId }: OwnerSettings,
  me: UserFromGetMe | null,
): boolean {
  const content = message ?? edited
  if (userId === null || content === undefined || content.chat.id !== chatId) return false
  return content.chat.type !== 'private' && !isToBot(content, me ?? { id: 0 })
}

function originOf({ message, edited_message, callback_query, inline_query, my_chat_member }: Update) {
  const content = message ?? edited_message
  return {
    message: content,
    from: (content ?? callback_query ?? inline_query ?? my_chat_member)?.from,
    chat: (content ?? callback_query?.message ?? my_chat_member)?.chat,
  }
}

function visitOf(update: Update): Visit {
  const { from, chat } = originOf(update)
  const [kind = 'update'] = Object.keys(update).filter((key) => key !== 'update_id')
  return { userId: from?.id ?? null, userName: from?.username ?? null, chatId: chat?.id ?? null, kind }
}

/** Returns the ID of an update's group; null for a private chat. */
function groupOf(update: Update): number | null {
  const { chat } = originOf(update)
  return chat === undefined || chat.type === 'private' ? null : chat.id
}

function isDeparture({ my_chat_member }: Update): boolean {
  const status = my_chat_member?.new_chat_member.status
  return my_chat_member?.chat.type !== 'private' && (status === 'left' || status === 'kicked')
}
